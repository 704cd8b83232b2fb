"""Another plan, leaving, and coming back: Stripe decides what is owed, and is asked beforehand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.models import Account, AccountState
from billing.plans import INTERVALS, Interval, Plan, PlanKey
from billing.stripe.catalogue import price_id
from billing.stripe.client import asking, client
from billing.stripe.customers import NotSubscribedError, subscribes
from billing.stripe.sync import locked, sync
from billing.stripe.waiting import leave, or_as_before, release, schedule, stay
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError

# How long an amount that was said can be agreed to.
_SAID_FOR = timedelta(hours=1)


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


class AmountChangedError(ConflictError):
    """The amount that was agreed to is not, or no longer, what would be billed."""

    code = "amount_changed"
    words = _("Le montant a changé depuis l’ouverture de cette page. Vérifiez-le, puis confirmez.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what would be billed, in cents before VAT."""

    plan: str
    amount: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the buyer read and said yes to: `due` cents, counted from the second `as_of`.

    It comes back from a browser, so nothing of it is billed before it is foreseen once more.
    """

    due: int = 0
    as_of: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What a change would do. `due` and `tax` are cents that would be billed today.

    `as_of` is the second that shares were counted from.
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
    have, want = _rank(account.plan, account.interval), _rank(plan.key, interval)
    return When.NOW if want > have else When.LATER


def _rank(plan: str, interval: str) -> tuple[int, int]:
    """How much it is; an interval that is not known is less than any."""
    every = ("", *INTERVALS)
    return list(PlanKey).index(PlanKey(plan)), every.index(interval)


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
    invoice = _foreseen(subscription, _other_price(subscription, price_id(plan, interval), as_of))
    return Change(
        when=found,
        begins_at=now,
        due=invoice.amount_due,
        tax=sum(tax.amount for tax in invoice.total_taxes or ()),
        credit=max(0, -invoice.total),
        as_of=as_of,
        lines=[Line(line.description or "", line.amount) for line in invoice.lines.data],
    )


def change(
    *, account_id: uuid.UUID, plan: Plan, interval: Interval, agreed: Agreed, now: datetime
) -> Account:
    """Change to another plan: at once where it is more, at the period's end where it is less.

    A card that is declined leaves everything as it was. What was done already, by a double click
    or in a try whose answer was lost, is not done again: the state is asked first, and what is
    found stays, whatever comes of the change. Nothing but the `agreed` amount is billed.
    Raises AmountChangedError, CardDeclinedError, NotSubscribedError, UnpaidError,
    StripeUnavailableError.
    """
    sync(account_id=account_id, now=now)
    return _change(account_id, plan, interval, agreed, now)


@atomic_with_retry
def _change(
    account_id: uuid.UUID, plan: Plan, interval: Interval, agreed: Agreed, now: datetime
) -> Account:
    """Two presses at once come one after the other: the account's row, and no other, is locked."""
    account = locked(account_id)
    _check(account)
    found = when(account, plan, interval)
    planned = (account.next_plan, account.next_interval)
    if planned == (plan.key, interval) or (found == When.SAME and not _leaves(account)):
        return account
    subscription, key = _subscription(account), uuid.uuid4().hex
    price = price_id(plan, interval)
    # Paid already, by a transaction that had to begin again after it: our row does not know yet.
    done = subscription["items"].data[0].price.id == price
    if found == When.SAME or done:
        release(subscription, key)
        stay(subscription, key)
    elif found == When.LATER:
        with or_as_before(subscription, key):
            schedule(subscription, price, key)
    else:
        as_of = agreed.as_of if found == When.NOW else None
        asked = _other_price(subscription, price, as_of)
        if found == When.NOW and not _holds(agreed, subscription, asked, now):
            raise AmountChangedError
        _switch(subscription, asked, key)
    return sync(account_id=account_id, now=now)


def cancel(*, account_id: uuid.UUID, now: datetime) -> Account:
    """End the subscription when what is paid has been used; until then it can come back."""
    sync(account_id=account_id, now=now)
    return _cancel(account_id, now)


@atomic_with_retry
def _cancel(account_id: uuid.UUID, now: datetime) -> Account:
    account = locked(account_id)
    if not subscribes(account):
        raise NotSubscribedError
    if account.cancel_at is not None:
        return account
    subscription, key = _subscription(account), uuid.uuid4().hex
    with or_as_before(subscription, key):
        release(subscription, key)
        leave(subscription, "min_period_end", key)
    return sync(account_id=account_id, now=now)


def come_back(*, account_id: uuid.UUID, now: datetime) -> Account:
    """Take back what was planned for the period's end: a leaving, or a smaller plan."""
    sync(account_id=account_id, now=now)
    return _come_back(account_id, now)


@atomic_with_retry
def _come_back(account_id: uuid.UUID, now: datetime) -> Account:
    account = locked(account_id)
    if not subscribes(account):
        raise NotSubscribedError
    if not _leaves(account):
        return account
    subscription, key = _subscription(account), uuid.uuid4().hex
    release(subscription, key)
    stay(subscription, key)
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


def _other_price(subscription: Any, price: str, as_of: int | None) -> dict[str, Any]:
    """What is asked to have another price now, foreseen and done alike; billed from `as_of` on.

    A leaving that is planned is taken back by the same request: a year would be billed up to it,
    and a card that is declined takes back nothing.
    """
    asked: dict[str, Any] = {
        "items": [{"id": subscription["items"].data[0].id, "price": price}],
        "proration_behavior": "none" if as_of is None else "always_invoice",
    }
    if as_of is not None:
        asked["proration_date"] = as_of
    if subscription.cancel_at:
        asked["cancel_at"] = ""
    return asked


def _foreseen(subscription: Any, asked: Any) -> Any:
    """The invoice that would be made."""
    with asking():
        return client().v1.invoices.create_preview(
            {
                "customer": str(subscription.customer),
                "subscription": subscription.id,
                "subscription_details": asked,
            }
        )


def _holds(agreed: Agreed, subscription: Any, asked: Any, now: datetime) -> bool:
    """Whether what was agreed to was said a while ago at most, in this period, and is still so."""
    begins: int = subscription["items"].data[0].current_period_start
    earliest = max(begins, int((now - _SAID_FOR).timestamp()))
    if not earliest <= agreed.as_of <= max(begins, int(now.timestamp())):
        return False
    return bool(_foreseen(subscription, asked).amount_due == agreed.due)


def _switch(subscription: Any, asked: dict[str, Any], key: str) -> None:
    """Another price now; a smaller plan that waits is let go only when that is paid."""
    params: Any = {**asked, "payment_behavior": "error_if_incomplete"}
    with asking():
        client().v1.subscriptions.update(
            subscription.id, params, {"idempotency_key": f"change:{key}"}
        )
    release(subscription, key)
