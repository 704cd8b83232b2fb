"""Every kind of long work that has a page of its own words: one table of every room's."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.jobs.models import Job
from tenants.programme import job_pages_customers
from tenants.programme.bulk.job_pages import PAGES as BULK
from tenants.programme.campaigns.job_pages import PAGES as CAMPAIGNS
from tenants.programme.job_page import JobPage
from tenants.programme.recalculation_pages import PAGES as RECALCULATIONS
from tenants.programme.reward_job_pages import PAGES as REWARDS

PAGES: dict[str, JobPage] = {
    **job_pages_customers.PAGES,
    **BULK,
    **RECALCULATIONS,
    **REWARDS,
    **CAMPAIGNS,
}


def _home(_job: Job) -> tuple[str, str]:
    return reverse("programme:home"), _("Accueil")


_UNNAMED = JobPage(title=gettext_lazy("Travail en arrière-plan"), back=_home)


def page_of(job: Job) -> JobPage:
    """How this job is shown."""
    return PAGES.get(job.kind, _UNNAMED)
