"""What sits in a state in which the programme lets it wait for ever (O6).

An order counts once it is confirmed, a session once it is validated, an invoice once it is paid.
Where nothing of a kind ever reaches that state, the merchant does not use it: that is said, for
no reward will ever come of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from tenants.activity.models import (
    Invoice,
    InvoiceState,
    Order,
    OrderState,
    Session,
    SessionState,
)
from tenants.features import Feature, is_on
from tenants.loyalty import versions as loyalty
from tenants.programme import versions
from tenants.programme.models import Qualifying

# Whatever is younger than this may still move by itself.
_ORDERS, _SESSIONS, _INVOICES = timedelta(days=2), timedelta(days=2), timedelta(days=30)
# What was done this long ago is no habit any more.
_LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Waits:
    """How many wait, and whether the state that they wait for is one that nobody uses."""

    count: int = 0
    unused: bool = False


@dataclass(frozen=True, slots=True)
class Stuck:
    """By kind of fact; only the kinds from which the rules in force expect something."""

    orders: Waits = Waits()
    sessions: Waits = Waits()
    invoices: Waits = Waits()


def stuck(*, now: datetime) -> Stuck:
    """What has waited too long; tests wait for nothing."""
    lately = now - _LATELY
    orders = Order.objects.filter(
        state=OrderState.REPORTED, is_test=False, received_at__lt=now - _ORDERS
    ).count()
    # Confirmed after it was announced: what a shop's server sends is confirmed as it comes.
    confirmed = Order.objects.filter(confirmed_at__gt=lately).filter(
        confirmed_at__gt=F("received_at")
    )
    return Stuck(
        orders=Waits(orders, unused=bool(orders) and not confirmed.exists()),
        sessions=_sessions(now, lately),
        invoices=_invoices(now, lately),
    )


def _sessions(now: datetime, lately: datetime) -> Waits:
    late = Session.objects.filter(
        state=SessionState.BOOKED, is_test=False, takes_place_at__lt=now - _SESSIONS
    ).count()
    if not late or not _sessions_count(now):
        return Waits()
    validated = Session.objects.filter(validated_at__gt=lately, is_test=False)
    return Waits(late, unused=not validated.exists())


def _invoices(now: datetime, lately: datetime) -> Waits:
    late = Invoice.objects.filter(
        state=InvoiceState.OPEN, is_test=False, issued_at__lt=now - _INVOICES
    ).count()
    if not late or not is_on(Feature.LOYALTY):
        return Waits()
    rules = loyalty.in_force(now=now)
    if rules is None or not (rules.active and rules.payments_on):
        return Waits()
    paid = Invoice.objects.filter(paid_at__gt=lately, is_test=False)
    return Waits(late, unused=not paid.exists())


def _sessions_count(now: datetime) -> bool:
    """Whether the rules in force wait for a validated session."""
    version = versions.in_force(now=now)
    validated = version is not None and version.qualifying == Qualifying.SESSION_VALIDATED
    if validated and versions.is_open(version):
        return True
    rules = loyalty.in_force(now=now) if is_on(Feature.LOYALTY) else None
    return rules is not None and rules.active and rules.sessions_on
