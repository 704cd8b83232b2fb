"""One function brings an account to Stripe's own state; everybody who hears something calls it.

It locks the account, then asks, then writes what it was told, whole. So it does not matter in
which order events come, whether they come twice, or at all (R14).
"""

import logging
import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing import reminders
from billing.models import Account, Closing, Invoice
from billing.services.changing import changed
from billing.services.closing import follow_later
from billing.stripe.client import asking, client
from billing.stripe.customers import subscribes
from billing.stripe.reading import TheirInvoice, Theirs, read
from kernel.db import atomic_with_retry
from kernel.errors import NotFoundError

logger = logging.getLogger(__name__)


class NoAccountError(NotFoundError):
    """This merchant has no account."""

    code = "no_account"


@atomic_with_retry
def sync(*, account_id: uuid.UUID, now: datetime) -> Account:
    """Bring an account, its invoices and what it allows to what Stripe says now.

    Raises NoAccountError, StripeUnavailableError, StripeRefusedError.
    """
    account = locked(account_id)
    if not account.stripe_customer_id:
        return account
    theirs = read(account)
    if theirs.doubles:
        _end(theirs.doubles)
        theirs = read(account)
    differs = bool(differences(account, theirs))
    had = account.stripe_subscription_id
    for name, value in theirs.fields.items():
        setattr(account, name, value)
    account.synced_at = now
    account.save()
    _write_invoices(account, theirs, now=now)
    if account.stripe_subscription_id and account.stripe_subscription_id != had:
        reminders.confirm(account, now=now)
    if _outlives(account):
        key = f"outlives:{account.stripe_subscription_id}:{account.closing}"
        follow_later(account, now=now, key=key)
    if differs:
        # Last of all: it locks the tenant's row, which must not wait for Stripe.
        changed(tenant_id=account.tenant_id, now=now)
    return account


def _outlives(account: Account) -> bool:
    """Whether a subscription goes on that its merchant has left: one bought at the last moment."""
    ends = account.cancel_at is not None and account.closing != Closing.NOW
    return bool(account.closing) and subscribes(account) and not ends


def locked(account_id: uuid.UUID) -> Account:
    """The account's row, locked until the transaction ends. Raises NoAccountError."""
    account = Account.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NoAccountError
    return account


def differences(account: Account, theirs: Theirs) -> dict[str, tuple[Any, Any]]:
    """Where the account is not as Stripe says: by field, what stands here and there."""
    found = {
        name: (getattr(account, name), value)
        for name, value in theirs.fields.items()
        if getattr(account, name) != value
    }
    known = {row.stripe_id: row for row in Invoice.objects.filter(tenant_id=account.tenant_id)}
    for one in theirs.invoices:
        row = known.get(one.stripe_id)
        if row is None or row.state != one.state or row.amount_paid != one.amount_paid:
            found[f"invoice {one.number}"] = (row.state if row else None, one.state)
    return found


def _end(doubles: list[str] | Any) -> None:
    """Two checkouts were paid at once: the later subscription ends, its price becomes credit."""
    for subscription_id in doubles:
        logger.error("a second subscription is ended: %s", subscription_id)
        with asking():
            client().v1.subscriptions.cancel(
                subscription_id,
                {"invoice_now": True, "prorate": True},
                {"idempotency_key": f"double:{subscription_id}"},
            )


def _write_invoices(account: Account, theirs: Theirs, *, now: datetime) -> None:
    ids = [one.stripe_id for one in theirs.invoices]
    known = {row.stripe_id: row for row in Invoice.objects.filter(stripe_id__in=ids)}
    new = []
    for one in theirs.invoices:
        row = known.get(one.stripe_id)
        if row is None:
            new.append(Invoice(tenant_id=account.tenant_id, synced_at=now, **asdict(one)))
        elif _differs(row, one):
            for name, value in asdict(one).items():
                setattr(row, name, value)
            row.synced_at = now
            row.save()
    Invoice.objects.bulk_create(new)


def _differs(row: Invoice, one: TheirInvoice) -> bool:
    return any(getattr(row, name) != value for name, value in asdict(one).items())
