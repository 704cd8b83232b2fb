"""What the page of one file of customers says of it."""

from django.utils.translation import ngettext

from kernel.jobs.models import Job
from tenants.profiles.models import CustomerImport, ImportState
from tenants.programme import job_pages_customers


def units(counts: dict[str, int]) -> dict[str, str]:
    """What each figure counts, in the number that it has."""
    records = ("updated", "unchanged")
    return {
        "new": ngettext("client", "clients", counts.get("new", 0)),
        **{key: ngettext("fiche", "fiches", counts.get(key, 0)) for key in records},
        "rejected": ngettext("ligne", "lignes", counts.get("rejected", 0)),
    }


def told(found: CustomerImport, state: ImportState) -> str:
    """What the last work on it came to, in a sentence."""
    if state == ImportState.UNDONE:
        job = Job.objects.filter(id=found.job_id).first() if found.job_id else None
        return job_pages_customers.undone(job) if job else ""
    return job_pages_customers.counted(found.counts) if found.counts else ""
