"""What Stripe says of one customer, as plain values: read whole, never pieced together."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from billing.models import Account, AccountState, InvoiceState
from billing.plans import INTERVALS, SOLD, Interval, PlanKey, UnknownPlanError, plan_of_price
from billing.stripe.client import asking, client

logger = logging.getLogger(__name__)

# From the first payment that failed to the day on which the back office is frozen.
GRACE = timedelta(days=14)
_INVOICES_READ = 100
_STATES = {
    "trialing": AccountState.TRIALING,
    "active": AccountState.ACTIVE,
    "past_due": AccountState.PAST_DUE,
    "unpaid": AccountState.FROZEN,
    "paused": AccountState.FROZEN,
    "canceled": AccountState.CANCELED,
}
ENDED = ("canceled", "incomplete", "incomplete_expired")


@dataclass(frozen=True, slots=True)
class TheirInvoice:
    """One invoice as Stripe has it; amounts in cents."""

    stripe_id: str
    number: str
    state: str
    billing_reason: str
    currency: str
    total: int
    tax: int
    amount_paid: int
    amount_remaining: int
    hosted_url: str
    pdf_url: str
    period_start: datetime | None
    period_end: datetime | None
    created_at: datetime
    paid_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Theirs:
    """What an account has to look like; `fields` are those of `billing.models.Account`.

    No `fields`: this customer never subscribed, and the account stays as it is. `doubles` are
    subscriptions that live beside the one that counts, and have to end.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    invoices: Sequence[TheirInvoice] = ()
    doubles: Sequence[str] = ()


def read(account: Account) -> Theirs:
    """Ask Stripe for everything about an account's customer.

    Raises StripeUnavailableError, StripeRefusedError.
    """
    customer = account.stripe_customer_id
    if not customer:
        return Theirs()
    with asking():
        stripe = client().v1
        found = stripe.subscriptions.list(
            {"customer": customer, "status": "all", "limit": 100, "expand": ["data.schedule"]}
        ).data
        invoices = stripe.invoices.list({"customer": customer, "limit": _INVOICES_READ}).data
        subscription, doubles = _the_one(found, known=account.stripe_subscription_id)
        issued = [one for one in invoices if one.status != "draft"]
        if subscription is None or _is_over_and_done(account, subscription):
            fields = {}
        else:
            own = [one for one in issued if _subscription_of(one) == subscription.id]
            fields = _fields(account, subscription, own)
    return Theirs(fields=fields, invoices=[_invoice(one) for one in issued], doubles=doubles)


def _the_one(found: Sequence[Any], *, known: str | None) -> tuple[Any, list[str]]:
    """The subscription that counts: the one we know while it lives, else the oldest that lives,
    else the one that ended last; and those that live beside it."""
    living = sorted((one for one in found if one.status not in ENDED), key=lambda o: o.created)
    if living:
        first = next((one for one in living if one.id == known), living[0])
        return first, [one.id for one in living if one.id != first.id]
    ended = [one for one in found if one.status == "canceled"]
    return max(ended, key=lambda one: (one.ended_at or 0, one.created), default=None), []


def _is_over_and_done(account: Account, subscription: Any) -> bool:
    """A subscription that ended before the operator gave this merchant a plan changes nothing."""
    return account.state == AccountState.FREE and subscription.status in ENDED


def _subscription_of(invoice: Any) -> str | None:
    """The id of the subscription that an invoice is of, if it is of one."""
    details = invoice.parent and invoice.parent.subscription_details
    return str(details.subscription) if details else None


def _fields(account: Account, subscription: Any, invoices: Sequence[Any]) -> dict[str, Any]:
    item = subscription["items"].data[0]
    state = _STATES.get(subscription.status, AccountState.FROZEN)
    plan, interval = _plan(item.price, account)
    later = _later(subscription, item) if state != AccountState.CANCELED else None
    since = _unpaid_since(subscription, invoices) if state in _UNPAID else None
    ended = state == AccountState.CANCELED
    return {
        "plan": plan,
        "interval": interval,
        "state": state,
        "stripe_subscription_id": subscription.id,
        "trial_ends_at": moment(subscription.trial_end) or account.trial_ends_at,
        "period_ends_at": moment(subscription.ended_at if ended else item.current_period_end),
        "cancel_at": None if ended else moment(subscription.cancel_at),
        "next_plan": later[0] if later else "",
        "next_interval": later[1] if later else "",
        "past_due_since": since,
        "grace_ends_at": since + GRACE if since else None,
    }


_UNPAID = (AccountState.PAST_DUE, AccountState.FROZEN)


def _plan(price: Any, account: Account) -> tuple[str, str]:
    """A price that somebody made by hand is none of our plans: what the account had stands."""
    found = _sold_by(price)
    if found is None:
        logger.error("account %s pays a price that is no plan", account.id)
        return account.plan, account.interval
    return found


def _sold_by(price: Any) -> tuple[PlanKey, Interval] | None:
    """What a price sells, by its key; one that a newer price took the key from says it itself."""
    try:
        plan, interval = plan_of_price(price.lookup_key or "")
    except UnknownPlanError:
        named = price.metadata.to_dict().get("plan") if price.metadata else None
        every = price.recurring.interval if price.recurring else ""
        if named not in {one.key for one in SOLD} or every not in INTERVALS:
            return None
        return PlanKey(named), every
    return plan.key, interval


def _later(subscription: Any, item: Any) -> tuple[PlanKey, Interval] | None:
    """What the schedule says begins at the period's end, where it is something else."""
    schedule = subscription.schedule
    if schedule is None or schedule.status != "active":
        return None
    for phase in schedule.phases:
        if phase.start_date < item.current_period_end:
            continue
        price = phase["items"][0].price
        if price == item.price.id:
            return None
        return _sold_by(client().v1.prices.retrieve(str(price)))
    return None


def _unpaid_since(subscription: Any, invoices: Sequence[Any]) -> datetime:
    """When its oldest invoice that is still open was made: the same however late we hear of it.

    What an earlier subscription left open takes nothing from the grace of who came back.
    """
    waiting = [one.created for one in invoices if one.status == InvoiceState.OPEN]
    start: int = subscription["items"].data[0].current_period_start
    return datetime.fromtimestamp(min(waiting, default=start), UTC)


def _invoice(one: Any) -> TheirInvoice:
    lines = one.lines.data
    return TheirInvoice(
        stripe_id=one.id,
        number=one.number or "",
        state=one.status,
        billing_reason=one.billing_reason or "",
        currency=one.currency.upper(),
        total=one.total,
        tax=sum(tax.amount for tax in one.total_taxes or ()),
        amount_paid=one.amount_paid,
        amount_remaining=one.amount_remaining,
        hosted_url=one.hosted_invoice_url or "",
        pdf_url=one.invoice_pdf or "",
        period_start=moment(min((line.period.start for line in lines), default=one.period_start)),
        period_end=moment(max((line.period.end for line in lines), default=one.period_end)),
        created_at=datetime.fromtimestamp(one.created, UTC),
        paid_at=moment(one.status_transitions.paid_at),
        next_attempt_at=moment(one.next_payment_attempt),
    )


def moment(stamp: int | None) -> datetime | None:
    """Stripe's seconds as an aware time."""
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)
