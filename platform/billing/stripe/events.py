"""Stripe's events: kept once by their id, and answered by asking Stripe how things stand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.timezone import now as clock

from billing.models import Account, EventState, StripeEvent
from billing.stripe.sync import sync
from kernel.db import atomic_with_retry, insert_if_absent
from kernel.outbox.services import emit
from kernel.outbox.types import EventData

KIND = "billing.stripe_event"
# Any other type is kept and left alone.
_FOLLOWED = (
    "checkout.session.",
    "customer.subscription.",
    "invoice.",
    "subscription_schedule.",
)


@atomic_with_retry
def take(*, event: Mapping[str, Any], now: datetime) -> bool:
    """Keep an event and its outbox row, in one transaction; False for one that came before.

    Ids only: whatever else an event says may be out of date by the time it is handled.
    """
    thing = event["data"]["object"]
    follow = str(event["type"]).startswith(_FOLLOWED)
    row = StripeEvent(
        id=event["id"],
        type=str(event["type"])[:100],
        object_id=_text(thing.get("id")),
        customer_id=_text(thing.get("customer")),
        subscription_id=_text(thing.get("subscription")),
        livemode=bool(event["livemode"]),
        state=EventState.WAITING if follow else EventState.IGNORED,
        created=datetime.fromtimestamp(int(event["created"]), UTC),
        received_at=now,
    )
    if not insert_if_absent([row]):
        return False
    if follow:
        emit(kind=KIND, payload={"event_id": row.id}, now=now, key=f"stripe:{row.id}")
    return True


def _text(value: object) -> str:
    """An id, also where Stripe wrote the object out."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value[:255] if isinstance(value, str) else ""


def handle(event: EventData) -> None:
    """Bring the account that an event is about up to date. Raises StripeUnavailableError."""
    row = StripeEvent.objects.filter(id=event.payload["event_id"]).first()
    if row is None:
        return
    account = Account.objects.filter(stripe_customer_id=row.customer_id or "-").first()
    if account is None:
        # Another product of the same Stripe account: none of our customers.
        row.state = EventState.IGNORED
    else:
        sync(account_id=account.id, now=clock())
        row.state = EventState.HANDLED
    row.handled_at = clock()
    row.save(update_fields=["state", "handled_at"])
