"""A person took back what they shared with us through a partner, or asked to be forgotten (D4)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from operations.models import Participation, ReceivedParticipation
from operations.received.shapes import TakenBack
from operations.received.taking import SOURCE
from tenants.messaging import unsubscribing
from tenants.profiles import consents
from tenants.profiles.models import Profile
from tenants.programme import erasing
from tenants.referrals.models import Referral

ERASURE = "erasure"


def give_back(*, taken_back: Sequence[TakenBack], major_id: UUID, now: datetime) -> int:
    """Blank what came with these, end the yes and the mailings; again changes nothing.

    What stays is the count. Whoever asked to be forgotten and is known here through partners alone
    is forgotten here too. Returns how many rows this call changed.
    """
    how = {(one.operation_id, one.participation_id): one.how for one in taken_back}
    rows = list(
        ReceivedParticipation.objects.filter(
            operation__major_id=major_id,
            operation__operation_id__in={operation for operation, _ in how},
            participation_id__in={participation for _, participation in how},
            withdrawn_at=None,
        ).select_related("operation", "consent")
    )
    rows = [row for row in rows if (row.operation.operation_id, row.participation_id) in how]
    people = _lock({row.profile_id for row in rows if row.profile_id is not None})
    for row in rows:
        reason = how[(row.operation.operation_id, row.participation_id)]
        if row.consent is not None:
            consents.withdraw(consent=row.consent, how=reason, now=now)
        ReceivedParticipation.objects.filter(id=row.id).update(withdrawn_at=now, fields={})
        profile = people.get(row.profile_id) if row.profile_id is not None else None
        if profile is not None:
            _stop(profile, reason, now)
    return len(rows)


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
    elif profile.email:
        unsubscribing.choose(profile=profile, wanted=False, now=now)


def known_through_partners(profile: Profile) -> bool:
    """Whether nothing but partners' operations ever brought this person here."""
    if profile.source != SOURCE or profile.order_count or profile.external_id:
        return False
    if profile.account_created_at is not None or profile.bought_before is not None:
        return False
    if consents.in_force(profile_id=profile.id).exists():
        return False
    referred = Referral.objects.filter(Q(referrer=profile) | Q(referee=profile))
    return not referred.exists() and not Participation.objects.filter(profile=profile).exists()
