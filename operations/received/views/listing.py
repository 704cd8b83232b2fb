"""The operations that partners run with us, and their files."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from operations.models import ReceivedOperation
from operations.received import selectors
from operations.received.views.common import page_of
from partnerships.selectors import majors_of
from shell import formats
from shell.tables import Column, Empty, ListPage, View
from tenants.context import current_tenant


def _running(rows: QuerySet[Any]) -> QuerySet[Any]:
    now = timezone.now()
    return rows.filter(state="live", is_archived=False, starts_at__lte=now, ends_at__gt=now)


class ReceivedPage(ListPage):
    label = _("Opérations reçues")
    nouns = (_("opération"), _("opérations"))
    search_label = _("Nom ou marque")
    default_sort = "-starts"
    export_name = "operations-recues"
    empty = Empty(
        _("Vos opérations arriveront ici"),
        _("Dès qu’une marque partenaire vous associe à une opération, vous la suivez ici."),
    )
    views = (
        View("toutes", _("Toutes")),
        View("en-cours", _("En cours"), _running),
        View("terminees", _("Terminées"), lambda rows: rows.exclude(ends_at__gt=timezone.now())),
    )
    columns = (
        Column(
            "name",
            _("Opération"),
            main=True,
            sort="name",
            detail=lambda row: row.major_name,
        ),
        Column("state", _("État"), kind="state", value=lambda row: row.shown_state(timezone.now())),
        Column("starts", _("Début"), kind="date", value="starts_at", sort="starts_at"),
        Column("ends", _("Fin"), kind="date", value="last_moment", sort="ends_at"),
        Column("participants", _("Participants"), kind="number", sort="participants"),
        Column("optins", _("Accords"), kind="number", sort="optins", export=False),
        # In files its name stays: somebody's spreadsheet may look for it.
        Column("optins_file", "Opt-ins", kind="number", value="optins", shown=False),
        Column("new_profiles", _("Nouveaux profils"), kind="number", sort="new_profiles"),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        site = page_of("site:site")
        text = self._what_comes()
        if site and not current_tenant().site_url and has_role(request, Role.MANAGER):
            # What can be done meanwhile: their widgets will need it.
            meanwhile = gettext(
                "En attendant, indiquez l’adresse de votre site : vos widgets s’y afficheront."
            )
            self.empty = Empty(  # type: ignore[misc]
                self.empty.title, f"{text} {meanwhile}", _("Indiquer mon site"), site
            )
        else:
            self.empty = Empty(self.empty.title, text)  # type: ignore[misc]

    def _what_comes(self) -> str:
        """What whoever has just agreed waits for, and from whom."""
        majors = majors_of(tenant_id=current_tenant().id)
        if not majors:
            return str(self.empty.text)
        words = ngettext(
            "%(brands)s prépare vos opérations communes : chacune apparaît ici dès que vous y êtes"
            " associé, et un e-mail vous prévient quand elle est en ligne.",
            "%(brands)s préparent vos opérations communes : chacune apparaît ici dès que vous y"
            " êtes associé, et un e-mail vous prévient quand elle est en ligne.",
            len(majors),
        )
        return words % {"brands": formats.join(majors)}

    def queryset(self) -> QuerySet[Any]:
        return selectors.operations()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(name__icontains=query) | rows.filter(major_name__icontains=query)

    def row_url(self, row: Any) -> str:
        return reverse("operations:received_one", args=[row.public_id])


@require_safe
@member_required()
def received(request: HttpRequest) -> HttpResponseBase:
    """Every operation in which a partner named us."""
    total = ReceivedOperation.objects.count()
    return ReceivedPage(request).respond(
        "operations/received/list.html", {"total": total, "current": "received"}
    )


@require_safe
@member_required()
def exports(request: HttpRequest) -> HttpResponse:
    """One place for all files: each operation's opt-ins, with the proof of each yes."""
    rows = selectors.operations().filter(optins__gt=0)
    context = {"rows": rows, "brand": current_tenant().name}
    return render(request, "operations/received/exports.html", context)
