"""Ends a subscription with its merchant, and lets it live again where the closing is called off."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.timezone import now as clock

from billing.models import Account, Closing
from billing.stripe.client import asking, client
from billing.stripe.customers import subscribes
from billing.stripe.sync import locked, sync
from billing.stripe.waiting import release
from kernel.db import atomic_with_retry
from kernel.outbox.types import EventData

# Written on the subscription at Stripe, so that an end which its owner chose is never taken back.
_MARK = "ended_with"
_MERCHANT = "merchant"


def handle(event: EventData) -> None:
    """Do what stands on the account now. Raises StripeUnavailableError, StripeRefusedError."""
    account_id, now = uuid.UUID(event.payload["account_id"]), clock()
    sync(account_id=account_id, now=now)
    _follow(account_id, now)


@atomic_with_retry
def _follow(account_id: uuid.UUID, now: datetime) -> None:
    account = locked(account_id)
    if not subscribes(account):
        return
    with asking():
        subscription = client().v1.subscriptions.retrieve(str(account.stripe_subscription_id))
    if account.closing == Closing.NOW:
        with asking():
            # What was paid is paid: nothing is billed, and nothing given back, by a program.
            client().v1.subscriptions.cancel(subscription.id)
    elif account.closing == Closing.PERIOD_END:
        _end_with_period(account, subscription)
    elif subscription.metadata.to_dict().get(_MARK) == _MERCHANT:
        _tell(subscription, {"cancel_at": "", "metadata": {_MARK: ""}})
    else:
        return
    sync(account_id=account_id, now=now)


def _end_with_period(account: Account, subscription: Any) -> None:
    if account.cancel_at is None:
        release(subscription, uuid.uuid4().hex)
        _tell(subscription, {"cancel_at": "min_period_end", "metadata": {_MARK: _MERCHANT}})


def _tell(subscription: Any, asked: Any) -> None:
    key = f"closing:{uuid.uuid4().hex}"
    with asking():
        client().v1.subscriptions.update(subscription.id, asked, {"idempotency_key": key})
