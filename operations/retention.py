"""What operations forget with time (D6): entries that nobody confirmed, and people who only played.

Whoever became a customer is kept by the rules of customers; a consent's proof outlives both, by
three years from the day when the consent ended.
"""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, QuerySet

from kernel.db import atomic_with_retry
from operations.models import (
    Participation,
    ParticipationState,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.received.standing import blank_what_ended, holds
from operations.received.taking import SOURCE
from operations.rehearsing import services as rehearsing
from operations.ties import known_by_operations_alone
from tenants.profiles import proofs
from tenants.profiles.models import Profile
from tenants.profiles.personal import End
from tenants.programme import erasing, prospects

logger = logging.getLogger(__name__)

KEEP_UNCONFIRMED = timedelta(days=7)
_SLICE = 500
OPEN = (ShareState.PENDING, ShareState.WITHDRAWING)


def forget(*, now: datetime) -> int:
    """In the current tenant, forget whose time is over; returns how many people and tests."""
    blank_what_ended(now=now)
    tests = rehearsing.forget_old(now=now)
    people = _forget_unconfirmed(now) + _forget_prospects(now) + _forget_unnamed(now)
    return tests + people + forget_proofs(now=now)


def _forget_unconfirmed(now: datetime) -> int:
    """Somebody typed an address whose owner never pressed the button: nobody keeps it."""
    rows = Participation.objects.filter(
        state=ParticipationState.PENDING, is_test=False, created_at__lt=now - KEEP_UNCONFIRMED
    )
    people = (_void(number, now) for number in _each(rows))
    return sum(_done(number, _strangers(), now) for number in people if number is not None)


@atomic_with_retry
def _void(participation_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    """Whose entry this call ended, where it names anybody."""
    row = Participation.objects.select_for_update().get(id=participation_id)
    if row.state != ParticipationState.PENDING:
        return None  # confirmed at this very moment
    row.state, row.voided_at = ParticipationState.VOID, now
    row.fields, row.answers, row.body_hash, row.person_key = {}, {}, "", ""
    row.save(update_fields=["state", "voided_at", "fields", "answers", "body_hash", "person_key"])
    return row.profile_id


def _forget_prospects(now: datetime) -> int:
    """Three years after the last time that a person did something; opening an email is nothing."""
    over = prospects.going(now=now).order_by()
    people = _only_players().filter(id__in=over.values("id"))
    return sum(_done(number, people, now) for number in _each(people))


def _forget_unnamed(now: datetime) -> int:
    """What a partner shared without an address, of whom there is no record: three years after it
    came. Nothing of that kind is kept any more.
    """
    rows = ReceivedParticipation.objects.filter(
        profile=None, received_at__lt=prospects.kept_since(now=now)
    )
    return rows.exclude(fields={}).update(fields={})


def forget_proofs(*, now: datetime) -> int:
    """Delete the proofs of consents that ended years ago, all of them; returns how many."""
    total = 0
    while ended := _forget_some_proofs(now):
        total += ended
    return total


@atomic_with_retry
def _forget_some_proofs(now: datetime) -> int:
    """One slice of them, in a transaction of its own.

    What still has to be told to a partner waits. Without its consent a yes counts nowhere, as it
    did not since it ended.
    """
    owed = Share.objects.filter(consent_id=OuterRef("id"), state__in=OPEN)
    rows = proofs.over(now=now).filter(~Exists(owed)).order_by("id")
    ids = list(rows.values_list("id", flat=True)[:_SLICE])
    if not ids:
        return 0
    Participation.objects.filter(own_consent__in=ids).update(own_consent=None, is_first_optin=False)
    Share.objects.filter(consent__in=ids).update(consent=None, is_first_optin=False)
    # Without the proof nothing else would say that the yes is over.
    received = ReceivedParticipation.objects.filter(consent__in=ids)
    received.filter(withdrawn_at=None).update(withdrawn_at=now, fields={})
    received.update(consent=None)
    return proofs.purge(ids=ids)


def _only_players() -> QuerySet[Profile]:
    """People of whom the merchant knows operations and nothing else, its own or its partners'."""
    brought = ("operation", SOURCE)
    return known_by_operations_alone(Profile.objects.filter(source__in=brought, erased_at=None))


def _strangers() -> QuerySet[Profile]:
    """Those of them with no entry that counts, nor one that may yet."""
    entries = Participation.objects.filter(
        profile_id=OuterRef("id"),
        state__in=[ParticipationState.COUNTED, ParticipationState.PENDING],
    )
    # A partner's yes is another way of being known.
    shared = ReceivedParticipation.objects.filter(holds(), profile_id=OuterRef("id"))
    return _only_players().filter(~Exists(entries), ~Exists(shared))


def _each(rows: QuerySet[Any]) -> Iterator[uuid.UUID]:
    """The id of every row, once; who stays is not met again, and nobody waits for another day."""
    last = None
    while True:
        left = rows.order_by("id") if last is None else rows.filter(id__gt=last).order_by("id")
        ids = list(left.values_list("id", flat=True)[:_SLICE])
        yield from ids
        if len(ids) < _SLICE:
            return
        last = ids[-1]


def _done(profile_id: uuid.UUID, people: QuerySet[Profile], now: datetime) -> bool:
    try:
        return _forget_one(profile_id, people, now)
    except (InterfaceError, OperationalError):
        raise  # the database is away: nobody else would be erased either
    except Exception:
        logger.exception("a player could not be erased")
        return False


@atomic_with_retry
def _forget_one(profile_id: uuid.UUID, people: QuerySet[Profile], now: datetime) -> bool:
    """Asked once more with the record locked: they may have taken part at this very moment."""
    Profile.objects.select_for_update().filter(id=profile_id).first()
    if not people.filter(id=profile_id).exists():
        return False
    # Forgotten by time, not at their wish: they may come back by themselves.
    erasing.erase(profile_id=profile_id, author_id=None, now=now, end=End.TIME, remember=False)
    return True
