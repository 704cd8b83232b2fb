"""The lists of orders: what came in, from where, and what became of it (SP-23, O5)."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from shell.tables import Column, Empty, Filter, ListPage, View
from tenants.activity import selectors as activity
from tenants.activity.models import Invoice, Order, OrderState, SessionType, Source
from tenants.programme import answering, connections, listing
from tenants.programme.outcomes import refusal_text
from tenants.programme.views.common import can_change, customer_url, order_url

# The words of `shell.states` for an order.
LOOKS = {
    OrderState.REPORTED: "to_check",
    OrderState.CONFIRMED: "validated",
    OrderState.REFUNDED: "refunded",
}
SOURCES = {
    Source.API: gettext_lazy("Boutique (API)"),
    Source.TRACKER: gettext_lazy("Script du site"),
    Source.MANUAL: gettext_lazy("Saisie à la main"),
    Source.IMPORT: gettext_lazy("Import"),
}
_LAST = 200


class OrdersPage(ListPage):
    label = gettext_lazy("Commandes")
    nouns = (gettext_lazy("commande"), gettext_lazy("commandes"))
    export_name = "commandes"
    search_label = gettext_lazy("Numéro, nom ou e-mail")
    default_sort = "-received"
    columns = (
        Column(
            "number",
            gettext_lazy("Commande"),
            main=True,
            sort="external_id",
            value="external_id",
            template="programme/cells/order.html",
        ),
        Column(
            "customer",
            gettext_lazy("Client"),
            value="profile.name",
            href=lambda order: customer_url(order.profile),
        ),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda order: LOOKS[order.state],
            template="programme/cells/order_state.html",
        ),
        Column("outcome", gettext_lazy("Ce qu’il en est advenu")),  # its value: see `__init__`
        Column("amount", gettext_lazy("Montant"), kind="money", sort="amount"),
        Column("received", gettext_lazy("Reçue"), kind="date", sort="received_at",
               value="received_at"),
    )  # fmt: skip
    views = (
        View("toutes", gettext_lazy("Toutes")),
        View(
            "a-confirmer",
            gettext_lazy("À confirmer"),
            lambda rows: rows.filter(state=OrderState.REPORTED),
        ),
        View(
            "remboursees",
            gettext_lazy("Remboursées"),
            lambda rows: rows.filter(refunded__gt=0),
        ),
        View(
            "parrainees",
            gettext_lazy("Parrainées"),
            lambda rows: rows.filter(referrals__state__in=("pending", "validated")),
        ),
    )
    filters = (
        Filter(
            "source",
            gettext_lazy("Source"),
            lambda rows, value: rows.filter(source=value),
            choices=tuple((str(key.value), label) for key, label in SOURCES.items()),
        ),
    )
    empty = Empty(
        gettext_lazy("Recevez votre première commande"),
        gettext_lazy(
            "Elles arrivent de votre boutique par l’API ou le script, ou se saisissent sur la"
            " fiche d’un client."
        ),
        gettext_lazy("Relier la boutique"),
        "/reglages/site",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        told = partial(answering.answer, rules=answering.rules())
        self.columns = tuple(  # type: ignore[misc, assignment]
            replace(
                column,
                value=told,
                template="programme/cells/answer.html",
            )
            if column.key == "outcome"
            else column
            for column in self.columns
        )

    def queryset(self) -> QuerySet[Any]:
        return answering.with_parts(listing.orders())

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return listing.find_orders(rows, text=query)

    def row_url(self, row: Any) -> str:
        return order_url(row)

    def can_create(self) -> bool:
        return can_change(self.request)


class RefusedPage(ListPage):
    label = gettext_lazy("Refusées à l’entrée")
    nouns = (gettext_lazy("refus"), gettext_lazy("refus"))
    export_name = "commandes-refusees"
    columns = (
        Column(
            "number",
            gettext_lazy("Commande"),
            main=True,
            value=lambda row: row.external_id or _("Sans numéro"),
        ),
        Column("why", gettext_lazy("Pourquoi"), value=refusal_text),
        Column(
            "source", gettext_lazy("Source"), value=lambda row: str(SOURCES[Source(row.source)])
        ),
        Column("received", gettext_lazy("Reçue"), kind="moment", value="received_at"),
    )
    empty = Empty(
        gettext_lazy("Rien n’a été refusé"),
        gettext_lazy("Une commande illisible serait notée ici, avec ce qu’il faut corriger."),
    )

    def queryset(self) -> QuerySet[Any]:
        return activity.refusals()


class IncomingPage(OrdersPage):
    """SP-23: the last 200, whatever their state."""

    label = gettext_lazy("Dernières commandes reçues")
    views = ()  # type: ignore[assignment]
    filters = ()  # type: ignore[assignment]
    search_label = ""  # type: ignore[assignment]

    def queryset(self) -> QuerySet[Any]:
        last = Order.objects.order_by("-received_at", "-id").values("id")[:_LAST]
        ids = list(last.values_list("id", flat=True))
        return super().queryset().filter(id__in=ids)


@require_safe
@member_required()
def orders(request: HttpRequest) -> HttpResponseBase:
    """Every order, the last received first."""
    return OrdersPage(request).respond("programme/orders.html", _beside("orders"))


@require_safe
@member_required()
def refused(request: HttpRequest) -> HttpResponseBase:
    """What came to a door and was not taken."""
    return RefusedPage(request).respond("programme/orders.html", _beside("refused"))


@require_safe
@member_required()
def incoming(request: HttpRequest) -> HttpResponseBase:
    """Settings › Trackers: the check that orders arrive."""
    last = Order.objects.order_by("-received_at").first()
    context = {
        "last": last,
        "refused_count": activity.refusals().count(),
        "source": SOURCES[Source(last.source)] if last else "",
        "cards": connections.cards(now=timezone.now()),
    }
    return IncomingPage(request).respond("programme/incoming.html", context)


def _beside(current: str) -> dict[str, Any]:
    return {
        "current": current,
        "order_count": Order.objects.count(),
        "refused_count": activity.refusals().count(),
        "has_services": SessionType.objects.exists() or Invoice.objects.exists(),
    }
