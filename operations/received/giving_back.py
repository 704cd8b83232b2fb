"""A person took back what they shared with us through a partner, or asked to be forgotten (D4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import now as clock

from kernel.db import atomic_with_retry
from kernel.outbox.types import EventData, Handler
from operations.models import Participation, ReceivedParticipation
from operations.received import leaving
from operations.received.shapes import TakenBack
from operations.received.standing import with_end
from operations.received.taking import SOURCE
from operations.ties import known_by_operations_alone
from tenants.messaging import unsubscribing
from tenants.profiles import consents
from tenants.profiles.models import Profile
from tenants.profiles.services import update
from tenants.programme import erasing

ERASURE = "erasure"


def give_back(*, taken_back: Sequence[TakenBack], major_id: UUID, now: datetime) -> int:
    """Blank what came with these, end the yes and the mailings; again changes nothing.

    What stays is the count, and the address that nobody is to write to. Whoever asked to be
    forgotten and is known here through partners alone is forgotten here too, also when they took
    their yes back before. Returns how many rows this call was about.
    """
    how = {(one.operation_id, one.participation_id): one.how for one in taken_back}
    rows = list(
        ReceivedParticipation.objects.filter(
            operation__major_id=major_id,
            operation__operation_id__in={operation for operation, _ in how},
            participation_id__in={participation for _, participation in how},
        ).select_related("operation", "consent")
    )
    rows = [row for row in rows if _is_news(row, how)]
    if any(row.withdrawn_at is None and row.proof for row in rows):
        leaving.noted(now=now)
    people = _lock({row.profile_id for row in rows if row.profile_id is not None})
    for row in rows:
        reason = how[(row.operation.operation_id, row.participation_id)]
        profile = people.get(row.profile_id) if row.profile_id is not None else None
        if row.withdrawn_at is not None:
            if profile is not None:
                _forget_too(profile, now)
            continue
        if row.consent is not None:
            consents.withdraw(consent=row.consent, how=reason, now=now)
        ReceivedParticipation.objects.filter(id=row.id).update(withdrawn_at=now, fields={})
        if profile is not None:
            _stop(profile, reason, now)
    return len(rows)


@atomic_with_retry
def ended_here(*, profile_id: UUID, now: datetime) -> int:
    """Somebody took their yes back at our own door (an email's link, their space, our operations):
    the same follows as where it was given. Again changes nothing, and whatever went by the other
    door already is told no second time. Returns how many rows this call was about.
    """
    profile = Profile.everyone.select_for_update().filter(id=profile_id).first()
    theirs = Q(profile_id=profile_id) | Q(profile__merged_into_id=profile_id)
    found: QuerySet[Any] = with_end(
        ReceivedParticipation.objects.filter(theirs, proof__isnull=False, withdrawn_at=None)
    )
    rows = list(found.filter(ended_at__isnull=False).order_by("id"))
    if profile is None or not rows:
        return 0
    leaving.noted(now=max(row.ended_at for row in rows))
    ids = [row.id for row in rows]
    ReceivedParticipation.objects.filter(id__in=ids).update(withdrawn_at=now, fields={})
    over = profile.erased_at is not None or profile.merged_into_id is not None
    if not over and known_through_partners(profile):
        _keep_the_address(profile)
    return len(rows)


def _ended(event: EventData) -> None:
    ended_here(profile_id=UUID(event.payload["profile"]), now=clock())


HANDLERS: dict[str, Handler] = {unsubscribing.YES_ENDED: _ended}


def _is_news(row: ReceivedParticipation, how: Mapping[tuple[UUID, UUID], str]) -> bool:
    said = how.get((row.operation.operation_id, row.participation_id))
    return said == ERASURE or (said is not None and row.withdrawn_at is None)


def _lock(ids: set[UUID]) -> dict[UUID, Profile]:
    """The people's rows come before all others, in the order of their ids."""
    found = Profile.everyone.select_for_update().filter(id__in=ids).order_by("id")
    return {profile.id: profile for profile in found}


def _stop(profile: Profile, how: str, now: datetime) -> None:
    profile.refresh_from_db()
    if profile.erased_at is not None:
        return
    if how == ERASURE and profile.merged_into_id is None and known_through_partners(profile):
        erasing.erase(profile_id=profile.id, author_id=None, now=now)
        return
    if profile.email:
        unsubscribing.choose(profile=profile, wanted=False, now=now)
    if profile.merged_into_id is None and known_through_partners(profile):
        _keep_the_address(profile)


def _keep_the_address(profile: Profile) -> None:
    """What came with the yes goes with it; the address stays, so that nobody writes to it again."""
    update(profile_id=profile.id, first_name="", last_name="", phone="")


def _forget_too(profile: Profile, now: datetime) -> None:
    """Of somebody who took their yes back before: unless they have said another one here since."""
    profile.refresh_from_db()
    over = profile.erased_at is not None or profile.merged_into_id is not None
    if not over and profile.consented_at is None and known_through_partners(profile):
        erasing.erase(profile_id=profile.id, author_id=None, now=now)


def known_through_partners(profile: Profile) -> bool:
    """Whether nothing but partners' operations ever brought this person here."""
    if profile.source != SOURCE or consents.in_force(profile_id=profile.id).exists():
        return False
    if Participation.objects.filter(profile=profile).exists():
        return False
    return known_by_operations_alone(Profile.objects.filter(id=profile.id)).exists()
