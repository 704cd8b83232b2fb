"""The Celery application: `celery -A config.celery worker` and `beat`.

`config/__init__` imports it, so that every process sends tasks to the same broker.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ricochet")
# Read when first needed: importing `config` must not need the settings, which live in it.
app.add_defaults(lambda: settings.CELERY)
app.autodiscover_tasks(["config"])
