"""What the pages of a recalculation's work say: the count, and carrying it out."""

import uuid
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.ids import public_id
from kernel.jobs.models import Job
from shell import formats
from tenants.loyalty.recalculation import services
from tenants.programme.job_page import JobPage, Link


def run_url(job: Job) -> str:
    """The page of the recalculation that a job works for."""
    number = public_id("rcl", uuid.UUID(job.params["run_id"]))
    return reverse("programme:recalculation", args=[number])


def _back(job: Job) -> tuple[str, str]:
    return run_url(job), _("Recalcul")


def _counting(job: Job) -> str:
    return ngettext("%(n)s client examiné", "%(n)s clients examinés", job.done) % {
        "n": formats.number(job.done)
    }


def _applying(job: Job) -> str:
    words = ngettext(
        "%(done)s cagnotte sur %(total)s", "%(done)s cagnottes sur %(total)s", job.done
    )
    return words % {"done": formats.number(job.done), "total": formats.number(job.total or 0)}


def _links(job: Job) -> Sequence[Link]:
    return [Link(label=_("Voir le détail"), url=run_url(job))]


PAGES = {
    services.COUNT: JobPage(
        title=gettext_lazy("Décompte du recalcul"),
        back=_back,
        going=_counting,
        done=lambda _job: _("Le décompte est prêt."),
        links=_links,
        can_cancel=False,
    ),
    services.APPLY: JobPage(
        title=gettext_lazy("Recalcul de la fidélité"),
        back=_back,
        going=_applying,
        done=lambda _job: _("Le recalcul est terminé."),
        links=_links,
    ),
}
