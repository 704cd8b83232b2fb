"""Orders: what came in, from where, and what became of it (SP-23, O5)."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import formats
from shell.forms import answer
from shell.tables import Column, Empty, Filter, ListPage, View
from tenants.activity import selectors as activity
from tenants.activity.models import Invoice, Order, OrderState, SessionType, Source
from tenants.programme import by_hand, listing, versions
from tenants.programme.forms import RefundForm
from tenants.programme.models import Decision
from tenants.programme.outcomes import outcome_of, referral_of, refusal_text, why_no_reward
from tenants.programme.referral_sentences import ladder
from tenants.programme.sentences import explain
from tenants.programme.views.common import (
    can_change,
    confirm,
    customer_url,
    order_or_404,
    order_url,
    put_error,
)

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
        Column("outcome", gettext_lazy("Ce qu’il en est advenu"), value=outcome_of),
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

    def queryset(self) -> QuerySet[Any]:
        return listing.orders()

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
        return listing.orders().filter(id__in=list(last.values_list("id", flat=True)))


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
    }
    return IncomingPage(request).respond("programme/incoming.html", context)


def _beside(current: str) -> dict[str, Any]:
    return {
        "current": current,
        "order_count": Order.objects.count(),
        "refused_count": activity.refusals().count(),
        "has_services": SessionType.objects.exists() or Invoice.objects.exists(),
    }


@require_safe
@member_required()
def order(request: HttpRequest, order: str) -> HttpResponse:
    """One order: the fact, its refunds, and every decision taken about it."""
    row = order_or_404(order)
    decisions = Decision.objects.select_related(
        "profile", "referral__referrer", "referral__referee", "version", "order"
    ).filter(order=row)
    version = versions.in_force(now=row.ordered_at)
    referral = referral_of(row.referrals.all())
    context = {
        "order": row,
        "look": LOOKS[OrderState(row.state)],
        "source": SOURCES[Source(row.source)],
        "outcome": outcome_of(row),
        "why": why_no_reward(row, version=version),
        "referral": referral,
        "rungs": ladder(referral) if referral else [],
        "rewarded": any(r.rewards.all() for r in row.referrals.all()),
        "decisions": [(d, explain(d)) for d in decisions.order_by("decided_at", "id")],
        "refunds": row.refunds.order_by("refunded_at", "id"),
        "left": row.amount - row.refunded,
        "form": RefundForm(left=row.amount - row.refunded),
        "can_change": can_change(request),
    }
    return render(request, "programme/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def confirm_order(request: HttpRequest, order: str) -> HttpResponse:
    """Say that an order which only a browser reported is real: what it promises gets its date."""
    row = order_or_404(order)
    if request.method == "POST":
        try:
            by_hand.confirm_order(order_id=row.id, now=timezone.now())
        except RicochetError as error:
            messages.error(request, str(error))
        else:
            fresh = order_or_404(order)
            messages.success(
                request,
                _("Commande n° %(number)s confirmée. %(words)s")
                % {"number": row.external_id, "words": outcome_of(fresh)},
            )
        return redirect(order_url(row))
    amount = formats.money(row.amount, row.currency)
    return confirm(
        request,
        title=_("Confirmer la commande n° %(number)s ?") % {"number": row.external_id},
        text=formats.elided(
            _("Vous l’avez bien reçue : %(amount)s, de %(name)s.")
            % {"amount": amount, "name": row.profile.name},
            row.profile.name,
        ),
        act=_("Confirmer la commande"),
        back=order_url(row),
        danger=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def refund(request: HttpRequest, order: str) -> HttpResponse:
    """Enter a refund, whole or in part: what the order granted is reversed in proportion."""
    row = order_or_404(order)
    left = row.amount - row.refunded
    form = RefundForm(request.POST or None, left=left)
    key = request.POST.get("key", "")
    if request.method == "POST" and row.refunds.filter(external_id=f"manual-{key}").exists():
        return redirect(order_url(row))
    if request.method == "POST" and form.is_valid():
        amount = form.cleaned_data["amount"]
        try:
            by_hand.refund(
                order=row, amount=amount, key=str(form.cleaned_data["key"]), now=timezone.now()
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            words = {"amount": formats.money(amount, row.currency), "number": row.external_id}
            messages.success(
                request, _("%(amount)s remboursés sur la commande n° %(number)s") % words
            )
            return redirect(order_url(row))
    context = {"order": row, "left": left, "back": reverse("programme:order", args=[order])}
    return answer(request, "programme/refund.html", context, form)
