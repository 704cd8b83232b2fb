"""What the page of a bulk act's work says."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.jobs.models import Job
from shell import formats
from tenants.programme.bulk.acts import ACTS
from tenants.programme.bulk.services import KIND
from tenants.programme.job_page import JobPage, Link


def _title(job: Job) -> str:
    return str(ACTS[job.params["act"]].verb)


def _back(job: Job) -> tuple[str, str]:
    return ACTS[job.params["act"]].back(), _("Retour à la liste")


def _done(job: Job) -> str:
    failed = int(job.result.get("failed", 0))
    said = ACTS[job.params["act"]].done(job.done - failed)
    if not failed:
        return said
    words = ngettext(
        "%(n)s ligne n’a pas pu être faite.", "%(n)s lignes n’ont pas pu être faites.", failed
    )
    return f"{said} {words % {'n': formats.number(failed)}}"


def _links(job: Job) -> Sequence[Link]:
    links = [Link(label=_("Retour à la liste"), url=_back(job)[0])]
    if job.result.get("failed"):
        url = reverse("programme:bulk", args=[job.result["selection"]])
        links.insert(0, Link(label=_("Voir les lignes en échec"), url=url))
    return links


PAGES = {KIND: JobPage(title=_title, back=_back, done=_done, links=_links)}
