"""Prospects: who will be erased when, seen before it happens (D6)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from shell.tables import Column, Empty, ListPage, View
from tenants.programme import listing, prospects
from tenants.programme.views.common import customer_url


def _within(days: int) -> Any:
    return lambda rows: rows.filter(
        id__in=prospects.going(now=timezone.now(), days=days).order_by().values("id")
    )


def _held(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(id__in=prospects.held_back().order_by().values("id"))


class ProspectsPage(ListPage):
    label = gettext_lazy("Prospects")
    nouns = (gettext_lazy("prospect"), gettext_lazy("prospects"))
    export_name = "prospects"
    search_label = gettext_lazy("Nom, e-mail ou code")
    default_sort = "last_contact"
    columns = (
        Column(
            "name",
            gettext_lazy("Prospect"),
            kind="person",
            main=True,
            sort=("last_name", "first_name"),
            detail=lambda p: p.email or p.phone,
        ),
        Column("last_contact", gettext_lazy("Dernier contact"), kind="date", sort="last_contact"),
        Column(
            "last_day",
            gettext_lazy("Gardé jusqu’au"),
            kind="date",
            sort="last_contact",
            value=lambda p: prospects.last_day(p.last_contact),
        ),
    )
    views: ClassVar[Sequence[View]] = (
        View("mois", gettext_lazy("Effacés sous 30 jours"), _within(30)),
        View("trimestre", gettext_lazy("Sous 90 jours"), _within(90)),
        View("annee", gettext_lazy("Sous un an"), _within(365)),
        View("tous", gettext_lazy("Tous les prospects")),
        View("cagnottes", gettext_lazy("Gardés pour leur cagnotte"), _held),
    )
    empty = Empty(
        gettext_lazy("Personne ne sera effacé sous 30 jours"),
        gettext_lazy("Les prospects apparaissent ici avant que leurs données soient effacées."),
    )

    def queryset(self) -> QuerySet[Any]:
        return prospects.prospects().order_by("last_contact", "id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return listing.find_customers(rows, text=query)

    def row_url(self, row: Any) -> str:
        return customer_url(row)


@require_safe
@member_required()
def personal_data(request: HttpRequest) -> HttpResponseBase:
    """How long prospects are kept, and who goes next."""
    context = {"back": reverse("programme:settings"), "years": prospects.KEPT_MONTHS // 12}
    return ProspectsPage(request).respond("programme/prospects.html", context)
