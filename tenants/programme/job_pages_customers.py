"""What the pages of the works on a file of customers say."""

import uuid
from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.ids import public_id
from kernel.jobs.models import Job
from shell import formats
from tenants.profiles.models import CustomerImport
from tenants.programme import customer_files
from tenants.programme.job_page import JobPage, Link


def _name(job: Job) -> str:
    row = CustomerImport.objects.filter(id=job.params.get("import_id")).first()
    return row.file_name if row else _("Fichier de clients")


def _url(job: Job) -> str:
    number = uuid.UUID(job.params["import_id"])
    return reverse("programme:import", args=[public_id("imp", number)])


def _back(job: Job) -> tuple[str, str]:
    return reverse("programme:imports"), _("Importer des clients")


def _going(job: Job) -> str:
    if job.total is None or not job.done:
        return _("Lecture du fichier")
    return ngettext("%(done)s ligne sur %(total)s", "%(done)s lignes sur %(total)s", job.done) % {
        "done": formats.number(job.done),
        "total": formats.number(job.total),
    }


def counted(counts: Mapping[str, int]) -> str:
    """`1 204 nouveaux clients, 12 mis à jour et 3 lignes refusées.`"""
    parts = []
    if n := counts.get("new", 0):
        text = ngettext("%(n)s nouveau client", "%(n)s nouveaux clients", n)
        parts.append(text % {"n": formats.number(n)})
    if n := counts.get("updated", 0):
        text = ngettext("%(n)s fiche mise à jour", "%(n)s fiches mises à jour", n)
        parts.append(text % {"n": formats.number(n)})
    if n := counts.get("unchanged", 0):
        text = ngettext("%(n)s inchangée", "%(n)s inchangées", n)
        parts.append(text % {"n": formats.number(n)})
    if n := counts.get("rejected", 0):
        text = ngettext("%(n)s ligne refusée", "%(n)s lignes refusées", n)
        parts.append(text % {"n": formats.number(n)})
    return f"{formats.join(parts)}." if parts else _("Rien à importer.")


def _counted(job: Job) -> str:
    return counted(job.result)


def undone(job: Job) -> str:
    found = job.result
    words = (
        (
            "removed",
            ngettext("%(n)s fiche retirée", "%(n)s fiches retirées", found.get("removed", 0)),
        ),
        (
            "restored",
            ngettext(
                "%(n)s fiche remise comme avant",
                "%(n)s fiches remises comme avant",
                found.get("restored", 0),
            ),
        ),
        (
            "kept",
            ngettext(
                "%(n)s laissée, changée depuis ou avec un historique",
                "%(n)s laissées, changées depuis ou avec un historique",
                found.get("kept", 0),
            ),
        ),
    )
    parts = [text % {"n": formats.number(found[key])} for key, text in words if found.get(key)]
    return f"{formats.join(parts)}." if parts else _("Il n’y avait rien à annuler.")


def _next(job: Job) -> Sequence[Link]:
    return [Link(_("Voir où en est le fichier"), _url(job))]


PAGES: dict[str, JobPage] = {
    customer_files.CHECK: JobPage(
        title=lambda job: _("Vérification de %(name)s") % {"name": _name(job)},
        back=_back,
        going=_going,
        done=_counted,
        links=_next,
        lands=_url,
    ),
    customer_files.IMPORT: JobPage(
        title=lambda job: _("Import de %(name)s") % {"name": _name(job)},
        back=_back,
        going=_going,
        done=_counted,
        links=_next,
        lands=_url,
    ),
    customer_files.UNDO: JobPage(
        title=lambda job: _("Annulation de l’import de %(name)s") % {"name": _name(job)},
        back=_back,
        going=_going,
        done=undone,
        links=_next,
        lands=_url,
    ),
}
