"""What the page of a mailing's work says."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext_lazy

from kernel.ids import public_id
from kernel.jobs.models import Job
from tenants.messaging.models import Campaign
from tenants.programme.campaigns.sending import KIND
from tenants.programme.job_page import JobPage


def _back(job: Job) -> tuple[str, str]:
    number = uuid.UUID(job.params["campaign_id"])
    row = Campaign.objects.filter(id=number).first()
    url = reverse("programme:campaign", args=[public_id("cam", number)])
    return url, row.name if row else ""


# Stopping is the campaign's own: it also stops what waits in the queue.
PAGES = {KIND: JobPage(title=gettext_lazy("Envoi de la campagne"), back=_back, can_cancel=False)}
