"""The Celery application: `celery -A config.celery worker` and `beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

app = Celery("ricochet")
app.conf.update(settings.CELERY)
app.autodiscover_tasks(["config"])
