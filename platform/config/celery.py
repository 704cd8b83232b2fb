"""The Celery application: `celery -A config.celery worker` and `beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402

app = Celery("ricochet")
app.conf.update(settings.CELERY)
app.autodiscover_tasks(["config"])

app.conf.beat_schedule = {
    "sweep the outboxes": {"task": "config.sweep", "schedule": 3.0, "options": {"expires": 10}},
    "post due rewards": {
        "task": "config.post_due_rewards",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
}
