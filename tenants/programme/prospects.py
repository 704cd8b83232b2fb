"""Prospects: kept three years after the last contact, by the merchant's days, then erased (D6).

Who has something to spend, or something on its way, is not erased as long as that is so: what was
promised to them is theirs. What expires, the clock takes, and the next day they are erased.
"""

import logging
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel.db import atomic_with_retry
from kernel.ledger.models import Account, AccountKind
from tenants.profiles import contacts
from tenants.profiles.models import Profile
from tenants.profiles.personal import End
from tenants.programme import erasing
from tenants.programme.dates import local, months_after, months_before

logger = logging.getLogger(__name__)

KEPT_MONTHS = 36
# Each is a transaction of its own. Who is left goes the next day: no merchant waits.
MOST_A_DAY = 2_000


def prospects() -> QuerySet[Any]:
    """Everybody whom this rule is about, with `last_contact`."""
    return contacts.prospects()


def going(*, now: datetime, days: int = 0) -> QuerySet[Any]:
    """Those whose time will be over in so many days; none of them holds anything."""
    return _silent(now + timedelta(days=days)).filter(~Exists(_held()))


def held_back() -> QuerySet[Any]:
    """Prospects who are not erased, whatever the day: their cagnotte holds something."""
    return prospects().filter(Exists(_held()))


def last_day(last_contact: datetime) -> date:
    """The last of the merchant's days on which a prospect is kept."""
    return (months_after(last_contact, KEPT_MONTHS) or last_contact).date()


def kept_since(*, now: datetime) -> datetime:
    """The midnight before which whatever was the last of somebody is too long ago."""
    day = local(months_before(now, KEPT_MONTHS))
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def forget(*, now: datetime, limit: int = MOST_A_DAY) -> int:
    """In the current tenant, erase the prospects whose time is over; returns how many.

    A keyed hash of the address stays: an old file does not bring them back to be written to.
    """
    due = going(now=now).order_by("last_contact", "id")
    return sum(_done(number, now) for number in due.values_list("id", flat=True)[:limit])


def _silent(now: datetime) -> QuerySet[Any]:
    """Those whose last contact lies before the day of three years ago."""
    midnight = kept_since(now=now)
    return prospects().filter(last_contact__lt=midnight)


def _held() -> QuerySet[Account]:
    something = Q(posted__gt=0) | Q(pending_in__gt=0) | Q(pending_out__gt=0)
    return Account.objects.filter(something, kind=AccountKind.WALLET, owner_id=OuterRef("id"))


def _done(profile_id: uuid.UUID, now: datetime) -> bool:
    try:
        return _forget_one(profile_id, now)
    except (InterfaceError, OperationalError):
        raise  # the database is away: nobody else would be erased either
    except Exception:
        logger.exception("a prospect could not be erased")
        return False


@atomic_with_retry
def _forget_one(profile_id: uuid.UUID, now: datetime) -> bool:
    """Asked once more with the record locked: they may have come back at this very moment."""
    Profile.objects.select_for_update().filter(id=profile_id).first()
    if not going(now=now).filter(id=profile_id).exists():
        return False
    erasing.erase(profile_id=profile_id, author_id=None, now=now, end=End.TIME)
    return True
