"""Every widget, where it leads, and whether it is seen."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from shell.tables import Column, Empty, ListPage, View
from widgets.display import selectors, targets
from widgets.display.checking import WORDS, state_of
from widgets.display.forms import FORMS
from widgets.display.models import Widget
from widgets.models import Site

_FORMS = {value: label for value, label, _detail in FORMS}


class WidgetsPage(ListPage):
    label = _("Widgets")
    nouns = (_("widget"), _("widgets"))
    export_name = "widgets"
    search_label = _("Nom ou opération")
    default_sort = "-made"
    empty = Empty(
        _("Créez votre premier widget"),
        _("Montrez une opération sur votre site : qui vient par vous est compté à part."),
        _("Créer un widget"),
        "/widgets/ajouter",
    )
    views = (
        View("tous", _("Tous")),
        View("actifs", _("Activés"), lambda rows: rows.filter(active=True)),
        View("en-pause", _("En pause"), lambda rows: rows.filter(active=False)),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.now: datetime = timezone.now()

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]  # they need what each leads to
        return (
            Column("name", _("Widget"), main=True, sort="name", detail=self._operation),
            Column(
                "state",
                _("État"),
                kind="state",
                value=self._word,
                template="display/cells/state.html",
            ),
            Column("form", _("Forme"), value=lambda row: _FORMS.get(row.form, ""), phone=False),
            Column("hits", _("Affichages"), kind="number", sort="hits"),
            Column("followed", _("Clics"), kind="number", sort="followed"),
            Column("seen", _("Vu"), kind="moment", value="last_seen_at", sort="last_seen_at"),
            Column(
                "made",
                _("Création"),
                kind="date",
                value="created_at",
                sort="created_at",
                shown=False,
            ),
        )

    @cached_property
    def _led(self) -> dict[Any, targets.Target]:
        return targets.of(selectors.widgets(), now=self.now)

    def _operation(self, row: Widget) -> str:
        return self._led[row.id].operation if row.id in self._led else ""

    def _word(self, row: Any) -> str:
        row.look = state_of(
            row,
            self._led.get(row.id),
            row.last_seen_at,
            self.now,
            has_site=self._has_site,
        )
        return str(WORDS[row.look])

    @cached_property
    def _has_site(self) -> bool:
        return Site.objects.exists()

    def queryset(self) -> QuerySet[Any]:
        return selectors.widgets()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(
            Q(name__icontains=query)
            | Q(module__operation__name__icontains=query)
            | Q(received__name__icontains=query)
        )

    def row_url(self, row: Any) -> str:
        return reverse("display:widget", args=[row.public_id])

    def can_create(self) -> bool:
        return has_role(self.request, Role.MANAGER)


@require_safe
@member_required()
def widgets(request: HttpRequest) -> HttpResponseBase:
    """All widgets; there are a hundred at most."""
    context = {"can_change": has_role(request, Role.MANAGER)}
    return WidgetsPage(request).respond("display/list.html", context)
