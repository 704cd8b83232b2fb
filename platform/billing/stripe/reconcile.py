"""Finding what no event told: events that never came, and accounts that differ from Stripe."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billing.models import Account, StripeEvent
from billing.stripe.client import StripeUnavailableError, asking, client
from billing.stripe.events import take
from billing.stripe.reading import read
from billing.stripe.sync import differences, sync
from kernel.errors import RicochetError
from kernel.slices import delete_in_slices

logger = logging.getLogger(__name__)

# Stripe itself goes on trying for three days, and tells events again for thirty.
_LOOKS_BACK = timedelta(days=4)
_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one account that is not as Stripe says."""

    account: Account
    field: str
    ours: Any
    theirs: Any


def compare(*, failed: Callable[[Account, RicochetError], None]) -> Iterator[Difference]:
    """Every difference, account by account; nothing is changed. One that cannot be read is told
    to `failed` and does not stop the others. Raises StripeUnavailableError."""
    for account in _accounts():
        try:
            found = differences(account, read(account))
        except StripeUnavailableError:
            raise
        except RicochetError as error:
            failed(account, error)
            continue
        for field, (ours, theirs) in found.items():
            yield Difference(account, field, ours, theirs)


def mend(*, now: datetime, failed: Callable[[Account, RicochetError], None]) -> int:
    """Bring every account to Stripe's state; returns how many differed. One that fails is told
    to `failed` and does not stop the others; when Stripe is away, the rest waits for tomorrow."""
    mended = 0
    for account in _accounts():
        try:
            if differences(account, read(account)):
                sync(account_id=account.id, now=now)
                mended += 1
        except StripeUnavailableError:
            raise
        except RicochetError as error:
            failed(account, error)
    return mended


def fetch_lost(*, now: datetime) -> int:
    """Take the events of the last days that never came; returns how many there were.

    Each goes the same way as if it had come by the webhook.
    """
    since = int((now - _LOOKS_BACK).timestamp())
    with asking():
        listed = client().v1.events.list({"created": {"gte": since}, "limit": 100})
        found = [event.to_dict() for event in listed.auto_paging_iter()]
    ids = [event["id"] for event in found]
    known = set(StripeEvent.objects.filter(id__in=ids).values_list("id", flat=True))
    lost = [event for event in reversed(found) if event["id"] not in known]
    return sum(take(event=event, now=now) for event in lost)


def forget_events(*, now: datetime) -> int:
    """Delete events that Stripe itself does not tell any more."""
    return delete_in_slices(StripeEvent.objects.filter(received_at__lt=now - _KEPT))


def nightly(*, now: datetime) -> None:
    """Fetch lost events, mend what differs, forget what is old. Raises StripeUnavailableError."""
    lost = fetch_lost(now=now)
    mended = mend(now=now, failed=_log)
    if lost or mended:
        logger.warning("billing: %s events had been lost, %s accounts differed", lost, mended)
    forget_events(now=now)


def _accounts() -> Iterator[Account]:
    rows = Account.objects.exclude(stripe_customer_id=None).order_by("id")
    return rows.iterator(chunk_size=200)


def _log(account: Account, error: RicochetError) -> None:
    logger.error("billing: account %s could not be mended: %s", account.id, error.code)
