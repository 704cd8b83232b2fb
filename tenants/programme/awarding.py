"""What is given in kind, with its explanation and its email."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.profiles.models import Profile
from tenants.programme import decisions, gift_settling, reward_notices
from tenants.programme.decisions import Code
from tenants.rewards import awards
from tenants.rewards.awards import What
from tenants.rewards.models import Award, AwardOrigin, AwardState, GiftType, Tier


@atomic_with_retry
def give(
    *,
    key: str,
    origin: AwardOrigin,
    what: What,
    profile: Profile,
    now: datetime,
    tier: Tier | None = None,
    gift_type: GiftType | None = None,
    author_id: uuid.UUID | None = None,
    tells: bool = True,
) -> tuple[Award, bool]:
    """Give it to a known person, say why, and tell them by email; returns (award, is new)."""
    award, created = awards.grant(
        key=key,
        origin=origin,
        what=what,
        profile=profile,
        tier=tier,
        gift_type=gift_type,
        author_id=author_id,
        now=now,
    )
    if created:
        decisions.note(
            code=Code.AWARD_GIVEN,
            now=now,
            profile=profile,
            author_id=author_id,
            award=str(award.id),
            name=award.name,
            origin=origin.value,
            threshold=tier.threshold if tier else None,
            unit=tier.unit if tier else "",
        )
        if tells and award.state == AwardState.AVAILABLE:
            reward_notices.award_available(award=award, now=now)
    return award, created


@atomic_with_retry
def make_available(*, award_id: uuid.UUID, now: datetime) -> Award:
    """A pending award can be used now, if its list has a code: its person is told, once."""
    gift_settling.lock_referral(award_id=award_id)
    # Under its lock: of several that come at once, one explains it.
    rows = Award.objects.select_for_update().filter(id=award_id, state=AwardState.PENDING)
    waited = bool(rows.values_list("id"))
    award = awards.make_available(award_id=award_id, now=now)
    if waited:
        gift_settling.made_available(award=award, now=now)
    tells = award.tier is None or award.tier.tells_by_email
    if tells and award.state == AwardState.AVAILABLE:
        reward_notices.award_available(award=award, now=now)
    return award


@atomic_with_retry
def hand_over(*, award_id: uuid.UUID, now: datetime, at: datetime | None = None) -> Award:
    """The merchant says that somebody has it."""
    return awards.hand_over(award_id=award_id, now=now, at=at)


@atomic_with_retry
def cancel(*, award_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Award:
    """The merchant withdraws an award that was not handed over; twice is once."""
    award, changed = awards.cancel(award_id=award_id, now=now)
    if changed and award.profile is not None:
        decisions.note(
            code=Code.AWARD_CANCELLED,
            now=now,
            profile=award.profile,
            author_id=author_id,
            award=str(award.id),
            name=award.name,
        )
    return award
