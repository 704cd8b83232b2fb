"""What the pages of long work about prizes and tiers say."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.jobs.models import Job
from shell import formats
from tenants.programme.job_page import JobPage
from tenants.programme.reward_jobs import CLAIMS, SEND, TELL


def _claims(_job: Job) -> tuple[str, str]:
    return reverse("programme:claims"), _("Demandes")


def _tiers(_job: Job) -> tuple[str, str]:
    return reverse("programme:tiers"), _("Paliers")


def _claims_title(job: Job) -> str:
    sent = job.params.get("act") == SEND
    return _("Marquer des lots comme envoyés") if sent else _("Marquer des lots comme remis")


def _claims_done(job: Job) -> str:
    changed, failed = int(job.result.get("changed", 0)), len(job.result.get("failed", []))
    words = ngettext("%(n)s lot marqué.", "%(n)s lots marqués.", changed) % {
        "n": formats.number(changed)
    }
    if failed:
        left = ngettext(
            "%(n)s demande était déjà close.", "%(n)s demandes étaient déjà closes.", failed
        )
        words = f"{words} {left % {'n': formats.number(failed)}}"
    return words


def _told(job: Job) -> str:
    told = int(job.result.get("told", 0))
    return ngettext("%(n)s client prévenu.", "%(n)s clients prévenus.", told) % {
        "n": formats.number(told)
    }


PAGES: dict[str, JobPage] = {
    CLAIMS: JobPage(title=_claims_title, back=_claims, done=_claims_done),
    TELL: JobPage(
        title=gettext_lazy("Prévenir les clients d’un nouveau palier"), back=_tiers, done=_told
    ),
}
