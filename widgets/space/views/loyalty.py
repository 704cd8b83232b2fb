"""The loyalty tab, beside the customer's orders (SO-10)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kernel.ledger import selectors as ledger
from kernel.money import Amount
from tenants.activity.models import Order
from tenants.features import Feature
from tenants.loyalty import membership
from tenants.loyalty.models import Earning, FactKind
from tenants.profiles.models import Profile
from tenants.programme.history import wallet_history
from widgets.links.programme import facts
from widgets.space import selectors
from widgets.space.pages import customer_page, of_module, own_session, show, tenant_of

_MOST_ORDERS = 50


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order of the customer's: what it earned, and what it used."""

    order: Order
    earned: Amount | None
    used: Amount | None


@require_safe
@customer_page
@of_module(Feature.LOYALTY)
def loyalty(request: HttpRequest) -> HttpResponse:
    """Points, how they are earned, the next date on which some end, and every movement."""
    profile, tenant, now = own_session(request).profile, tenant_of(request), timezone.now()
    unit = selectors.unit_of(tenant=tenant, now=now)
    balance = ledger.balance(owner_id=profile.id, unit=unit)
    expiry = ledger.next_expiry(owner_id=profile.id, unit=unit)
    context: dict[str, Any] = {
        "tab": "loyalty",
        "available": Amount(balance.available, unit),
        "held": Amount(balance.held, unit) if balance.held else None,
        "expiry": (expiry[0], Amount(expiry[1], unit)) if expiry else None,
        "facts": facts(tenant=tenant, now=now),
        "member": membership.is_member(profile_id=profile.id),
        "history": wallet_history(profile=profile, unit=unit, for_customer=True),
    }
    return show(request, "loyalty", context)


@require_safe
@customer_page
def orders(request: HttpRequest) -> HttpResponse:
    """The customer's own orders, with what each earned and used."""
    context = {"tab": "orders", "lines": _lines(own_session(request).profile)}
    return show(request, "orders", context)


def _lines(profile: Profile) -> list[OrderLine]:
    rows = list(
        Order.objects.filter(profile=profile, is_test=False)
        .prefetch_related("points_used__version")
        .order_by("-ordered_at", "-id")[:_MOST_ORDERS]
    )
    earned = {
        row.fact_id: Amount(row.amount - row.reversed, row.unit)
        for row in Earning.objects.filter(
            fact_kind=FactKind.ORDER, fact_id__in=[row.id for row in rows]
        )
        if row.amount > row.reversed
    }
    lines = []
    for row in rows:
        holds = list(row.points_used.all())
        used = Amount(holds[0].points, holds[0].version.unit) if holds else None
        lines.append(OrderLine(order=row, earned=earned.get(row.id), used=used))
    return lines
