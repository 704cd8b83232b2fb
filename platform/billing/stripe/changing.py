"""Another plan, leaving, and coming back: Stripe decides what is owed, and is asked beforehand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.models import Account, AccountState
from billing.plans import INTERVALS, SOLD, Interval, Plan
from billing.stripe.catalogue import price_id
from billing.stripe.client import asking, client
from billing.stripe.customers import NotSubscribedError, subscribes
from billing.stripe.sync import sync
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError


class When(StrEnum):
    """When a change begins: at once and billed in proportion, in the trial, at the period's end."""

    NOW = "now"
    TRIAL = "trial"
    LATER = "later"
    SAME = "same"


class UnpaidError(ConflictError):
    """An invoice is open: it comes first."""

    code = "unpaid_invoice"
    words = _("Une facture attend son paiement. Réglez-la d’abord, puis changez de formule.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what would be billed, in cents before VAT."""

    plan: str
    amount: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a change would do. `due` and `tax` are cents that would be billed today.

    `as_of` is the second that shares were counted from: the change itself names it again, so that
    what was said is what is billed.
    """

    when: When
    begins_at: datetime | None
    due: int = 0
    tax: int = 0
    credit: int = 0
    as_of: int = 0
    lines: Sequence[Line] = ()


def when(account: Account, plan: Plan, interval: Interval) -> When:
    """More is had at once; less, or for shorter, begins when what is paid has been used."""
    if (account.plan, account.interval) == (plan.key, interval):
        return When.SAME
    if account.state == AccountState.TRIALING:
        return When.TRIAL
    ranks = [one.key for one in SOLD]
    have = (ranks.index(account.plan), INTERVALS.index(account.interval))  # type: ignore[arg-type]
    want = (ranks.index(plan.key), INTERVALS.index(interval))
    return When.NOW if want > have else When.LATER


def foresee(*, account: Account, plan: Plan, interval: Interval, now: datetime) -> Change:
    """What a change would do and bill, as Stripe counts it; nothing is changed.

    Raises NotSubscribedError, UnpaidError, NothingToSellError, StripeUnavailableError.
    """
    _check(account)
    found = when(account, plan, interval)
    if found == When.LATER:
        return Change(found, account.period_ends_at)
    if found != When.NOW:
        return Change(found, None)
    subscription = _subscription(account)
    as_of = max(int(now.timestamp()), subscription["items"].data[0].current_period_start)
    with asking():
        details: Any = {
            "items": [_item(subscription, price_id(plan, interval))],
            "proration_behavior": "always_invoice",
            "proration_date": as_of,
        }
        invoice = client().v1.invoices.create_preview(
            {
                "customer": str(account.stripe_customer_id),
                "subscription": subscription.id,
                "subscription_details": details,
            }
        )
    return Change(
        when=found,
        begins_at=now,
        due=invoice.amount_due,
        tax=sum(tax.amount for tax in invoice.total_taxes or ()),
        credit=max(0, -invoice.total),
        as_of=as_of,
        lines=[Line(line.description or "", line.amount) for line in invoice.lines.data],
    )


@atomic_with_retry
def change(
    *, account_id: uuid.UUID, plan: Plan, interval: Interval, as_of: int, now: datetime
) -> Account:
    """Change to another plan: at once where it is more, at the period's end where it is less.

    A card that is declined leaves everything as it was. What was done already, by a double click
    or in a try whose answer was lost, is not done again: the state is asked first.
    Raises CardDeclinedError, NotSubscribedError, UnpaidError, StripeUnavailableError.
    """
    account = sync(account_id=account_id, now=now)
    _check(account)
    found = when(account, plan, interval)
    planned = (account.next_plan, account.next_interval)
    if planned == (plan.key, interval) or (found == When.SAME and not _leaves(account)):
        return account
    subscription, key = _subscription(account), uuid.uuid4().hex
    _release(subscription, key)
    if found == When.LATER:
        _schedule(subscription, price_id(plan, interval), key)
    else:
        _stay(subscription, key)
    if found in (When.NOW, When.TRIAL):
        asked: Any = {
            "items": [_item(subscription, price_id(plan, interval))],
            "proration_behavior": "always_invoice" if found == When.NOW else "none",
            "payment_behavior": "error_if_incomplete",
        }
        if found == When.NOW and as_of:
            asked["proration_date"] = as_of
        with asking():
            client().v1.subscriptions.update(
                subscription.id, asked, {"idempotency_key": f"change:{key}"}
            )
    return sync(account_id=account_id, now=now)


@atomic_with_retry
def cancel(*, account_id: uuid.UUID, now: datetime) -> Account:
    """End the subscription when what is paid has been used; until then it can come back."""
    account = sync(account_id=account_id, now=now)
    if not subscribes(account):
        raise NotSubscribedError
    if account.cancel_at is not None:
        return account
    subscription, key = _subscription(account), uuid.uuid4().hex
    _release(subscription, key)
    with asking():
        client().v1.subscriptions.update(
            subscription.id, {"cancel_at": "min_period_end"}, {"idempotency_key": f"cancel:{key}"}
        )
    return sync(account_id=account_id, now=now)


@atomic_with_retry
def come_back(*, account_id: uuid.UUID, now: datetime) -> Account:
    """Take back what was planned for the period's end: a leaving, or a smaller plan."""
    account = sync(account_id=account_id, now=now)
    if not subscribes(account):
        raise NotSubscribedError
    if not _leaves(account):
        return account
    subscription, key = _subscription(account), uuid.uuid4().hex
    _release(subscription, key)
    _stay(subscription, key)
    return sync(account_id=account_id, now=now)


def _leaves(account: Account) -> bool:
    """Whether something waits for the period's end."""
    return account.cancel_at is not None or bool(account.next_plan)


def _check(account: Account) -> None:
    if not subscribes(account):
        raise NotSubscribedError
    if account.state in (AccountState.PAST_DUE, AccountState.FROZEN):
        raise UnpaidError


def _subscription(account: Account) -> Any:
    with asking():
        return client().v1.subscriptions.retrieve(str(account.stripe_subscription_id))


def _item(subscription: Any, price: str) -> dict[str, str]:
    return {"id": subscription["items"].data[0].id, "price": price}


def _release(subscription: Any, key: str) -> None:
    """A schedule that waits forbids everything else: it is let go first."""
    if subscription.schedule:
        with asking():
            client().v1.subscription_schedules.release(
                str(subscription.schedule), {}, {"idempotency_key": f"release:{key}"}
            )


def _stay(subscription: Any, key: str) -> None:
    if subscription.cancel_at:
        with asking():
            client().v1.subscriptions.update(
                subscription.id, {"cancel_at": ""}, {"idempotency_key": f"stay:{key}"}
            )


def _schedule(subscription: Any, price: str, key: str) -> None:
    """The period that runs, then one of the other price, after which the schedule lets go."""
    _stay(subscription, key)
    schedules = client().v1.subscription_schedules
    with asking():
        made = schedules.create(
            {"from_subscription": subscription.id}, {"idempotency_key": f"schedule:{key}"}
        )
        runs = made.phases[0]
        phases: Any = [
            {
                "items": [{"price": subscription["items"].data[0].price.id, "quantity": 1}],
                "start_date": runs.start_date,
                "end_date": runs.end_date,
            },
            {"items": [{"price": price, "quantity": 1}], "proration_behavior": "none"},
        ]
        schedules.update(
            made.id,
            {"phases": phases, "end_behavior": "release"},
            {"idempotency_key": f"phases:{key}"},
        )
