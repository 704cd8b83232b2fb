"""What operations forget with time (D6): entries that nobody confirmed, and people who only played.

Whoever became a customer is kept by the rules of customers; a consent's proof outlives both, by
three years from the day when the consent ended.
"""

import uuid
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from kernel.db import atomic_with_retry
from operations.models import (
    Participation,
    ParticipationState,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.received.taking import SOURCE
from operations.rehearsing import services as rehearsing
from operations.ties import known_by_operations_alone
from tenants.profiles import proofs
from tenants.profiles.models import Profile
from tenants.programme import erasing, prospects

KEEP_UNCONFIRMED = timedelta(days=7)
_SLICE = 500
OPEN = (ShareState.PENDING, ShareState.WITHDRAWING)


def forget(*, now: datetime) -> int:
    """In the current tenant, forget whose time is over; returns how many people and tests."""
    tests = rehearsing.forget_old(now=now)
    return tests + _forget_unconfirmed(now) + _forget_prospects(now) + forget_proofs(now=now)


def _forget_unconfirmed(now: datetime) -> int:
    """Somebody typed an address whose owner never pressed the button: nobody keeps it."""
    rows = Participation.objects.filter(
        state=ParticipationState.PENDING, is_test=False, created_at__lt=now - KEEP_UNCONFIRMED
    )
    people = set()
    for number, profile_id in rows.values_list("id", "profile_id")[:_SLICE]:
        _void(number, now)
        if profile_id is not None:
            people.add(profile_id)
    played = Participation.objects.filter(
        profile_id=OuterRef("id"), state=ParticipationState.COUNTED
    )
    # A partner's yes is another way of being known.
    shared = ReceivedParticipation.objects.filter(profile_id=OuterRef("id"), withdrawn_at=None)
    strangers = _only_players().filter(~Exists(played), ~Exists(shared), id__in=people)
    return _erase(strangers, now)


@atomic_with_retry
def _void(participation_id: uuid.UUID, now: datetime) -> None:
    row = Participation.objects.select_for_update().get(id=participation_id)
    if row.state != ParticipationState.PENDING:
        return  # confirmed at this very moment
    row.state, row.voided_at = ParticipationState.VOID, now
    row.fields, row.answers, row.body_hash = {}, {}, ""
    row.save(update_fields=["state", "voided_at", "fields", "answers", "body_hash"])


def _forget_prospects(now: datetime) -> int:
    """Three years after the last time that a person did something; opening an email is nothing."""
    over = prospects.going(now=now).order_by()
    return _erase(_only_players().filter(id__in=over.values("id")), now)


@atomic_with_retry
def forget_proofs(*, now: datetime) -> int:
    """Delete the proofs of consents that ended years ago; 500 at a time.

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
    ReceivedParticipation.objects.filter(consent__in=ids).update(consent=None)
    return proofs.purge(ids=ids)


def _only_players() -> QuerySet[Profile]:
    """People of whom the merchant knows operations and nothing else, its own or its partners'."""
    brought = ("operation", SOURCE)
    return known_by_operations_alone(Profile.objects.filter(source__in=brought, erased_at=None))


def _erase(people: QuerySet[Profile], now: datetime) -> int:
    ids = list(people.values_list("id", flat=True)[:_SLICE])
    for number in ids:
        # Forgotten by time, not at their wish: they may come back by themselves.
        erasing.erase(profile_id=number, author_id=None, now=now, remember=False)
    return len(ids)
