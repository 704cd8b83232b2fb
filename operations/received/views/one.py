"""One received operation: its figures, where people came from, and what is received of whom."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from operations.models import ReceivedOperation, ReceivedParticipation
from operations.received import figures, following, selectors
from operations.received.views.common import (
    arriving,
    colors,
    operation_or_404,
    page_of,
    sharing_note,
    test_url,
)
from operations.reporting import days_chart, lines_chart, source_label
from operations.spans import span
from shell.tables import Column, Empty, ListPage, View
from shell.text import folded
from tenants.context import current_tenant
from tenants.profiles.selectors import present
from tenants.programme.dates import local


@require_safe
@member_required()
def received_one(request: HttpRequest, operation: str) -> HttpResponse:
    """The page of one operation, as its guest sees it."""
    row, now = operation_or_404(operation), timezone.now()
    language = translation.get_language() or "fr"
    total = figures.total(operation=row)
    days = figures.by_day(operation=row, now=now)
    yesterday = local(now).date() - timedelta(days=1)
    modules = figures.by_module(operation=row)
    note, note_url = sharing_note(row)
    state = row.shown_state(now)
    step = following.next_step(
        operation=row,
        tenant=current_tenant(),
        owns=has_role(request, Role.OWNER),
        manages=has_role(request, Role.MANAGER),
        now=now,
    )
    context = {
        "operation": row,
        "state": state,
        "brand": current_tenant().name,
        "figures": total,
        "yesterday": sum(d.figures.participants for d in days if d.day == yesterday),
        "optin_rate": total.optins / total.participants if total.participants else None,
        "days_left": selectors.days_left(row, now) if state == "live" else None,
        "days": days_chart(days) if total.participants else "",
        "sources": lines_chart(
            figures.by_source(operation=row), label=gettext("D’où viennent les participants")
        ),
        "modules": modules if len(modules) > 1 else [],
        "asked": selectors.asked_in_words(row, language=language),
        "boxes": selectors.boxes(row, language=language),
        "widgets_url": page_of("display:list"),
        "page_answers": state in ("planned", "live", "ended"),
        "span": span(row),
        "colors": colors(request, row),
        "test_url": test_url(row, now),
        "note": "" if step is not None and note_url else note,
        "note_url": note_url,
        "step": step,
        "arriving": not total.participants and arriving(row, now),
        "begun": total.participants > 0 or state in ("live", "ended", "archived"),
    }
    return render(request, "operations/received/one.html", context)


def _held(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(ended_at=None)


class DataPage(ListPage):
    """The people who agreed, with the fields that were asked for this merchant and no others."""

    label = gettext_lazy("Données reçues")
    nouns = (gettext_lazy("accord"), gettext_lazy("accords"))
    search_label = gettext_lazy("Nom ou e-mail")
    default_sort = "-date"
    empty = Empty(
        gettext_lazy("Aucun accord pour l’instant"),
        gettext_lazy("Les personnes qui cochent votre case apparaissent ici dans la minute."),
    )
    views = (
        View("accords", gettext_lazy("Accords"), _held),
        View("nouveaux", gettext_lazy("Nouveaux profils"), lambda q: q.filter(was_new=True)),
        View("retires", gettext_lazy("Retirés"), lambda q: q.exclude(ended_at=None)),
    )

    def __init__(self, request: HttpRequest, operation: ReceivedOperation) -> None:
        super().__init__(request)
        self.operation = operation
        self.language = translation.get_language() or "fr"

    @property
    def export_name(self) -> str:  # type: ignore[override]  # one file for each operation
        named = slugify(self.operation.name)
        return f"opt-ins-{named or self.operation.public_id}"

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]  # those that were asked for
        # Asked of the address itself: what the page shows depends on these columns.
        view = self.request.GET.get("vue", "")
        left = view == "retires"
        return (
            *self._fields(only="email" if left else ""),
            Column("state", gettext_lazy("État"), kind="state", value=_state),
            Column("source", gettext_lazy("Source"), value=self._source),
            Column(
                "is_new",
                gettext_lazy("Nouveau profil"),
                value=_is_new,
                shown=not left,
            ),
            Column(
                "date",
                gettext_lazy("Accord donné"),
                kind="moment",
                value="consent.granted_at",
                full=True,
                sort="received_at",
            ),
            Column(
                "ended",
                gettext_lazy("Accord retiré"),
                kind="moment",
                value="ended_at",
                shown=view in ("retires", "nouveaux"),  # elsewhere nobody has left
            ),
            Column("proof", gettext_lazy("Preuve"), value="proof_id", shown=False),
            Column("text", gettext_lazy("Texte accepté"), value="consent.text", shown=False),
            Column("text_hash", gettext_lazy("Empreinte"), value="consent.text_hash", shown=False),
        )

    def _fields(self, *, only: str) -> list[Column]:
        """Those that were asked for; of who has left, the address alone is there to be read."""
        asked = selectors.known(self.operation, language=self.language)
        return [
            Column(
                f"field-{name}", label, value=_Field(name), main=number == 0, full=name == "email"
            )
            for number, (name, label) in enumerate(
                (name, label) for name, label in asked.items() if only in ("", name)
            )
        ]

    def _source(self, row: ReceivedParticipation) -> str:
        brands = {"major": self.operation.major_name, "minor": current_tenant().name}
        return source_label(row.source_kind, brands.get(row.brought_by, ""))

    def queryset(self) -> QuerySet[Any]:
        return selectors.agreed(self.operation)

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        known = Q(profile__search_text__contains=folded(query))
        return rows.filter(known | Q(fields__email__icontains=query))

    def row_url(self, row: Any) -> str:
        if _state(row) == "erased":
            return ""
        return reverse("operations:received_person", args=[row.public_id])


class _Field:
    """Reads one field of a row; blank once the person took it back.

    Their address alone stays readable, in order to be taken off other lists.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, row: Any) -> str:
        kept = row.fields if row.ended_at is None else {}
        if row.ended_at is not None and self.name == "email" and row.profile is not None:
            kept = {"email": present(row.profile).email}
        return str(kept.get(self.name) or "—")


def _state(row: Any) -> str:
    if row.profile.erased_at is not None if row.profile is not None else not row.fields:
        return "erased"
    return "withdrawn" if row.ended_at is not None else "active"


def _is_new(row: ReceivedParticipation) -> str:
    return gettext("Oui") if row.was_new else "—"


@require_safe
@member_required()
def received_data(request: HttpRequest, operation: str) -> HttpResponseBase:
    """What people agreed to share with us in one operation; files carry each proof's id (D3)."""
    row = operation_or_404(operation)
    left = selectors.agreed(row).exclude(ended_at=None).exists()
    context = {"operation": row, "brand": current_tenant().name, "left": left}
    return DataPage(request, row).respond("operations/received/data.html", context)
