"""Which emails prizes, tiers and gifts send, beside that of a claim."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from tenants.messaging import services as messaging
from tenants.profiles.models import Profile
from tenants.rewards.models import Award, AwardOrigin, Claim, CodeList, Tier


def prize_sent(*, claim: Claim, now: datetime) -> None:
    """A prize is in the post."""
    profile = claim.profile
    messaging.queue(
        kind="prize_sent",
        to=profile.email,
        key=f"prize-sent:{claim.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={"first_name": profile.first_name, "prize": claim.prize_name},
    )


def award_available(*, award: Award, now: datetime) -> None:
    """Something was given: what, why, and its code where it has one."""
    profile = award.profile
    if profile is None:
        return
    messaging.queue(
        kind="award_available",
        to=profile.email,
        key=f"award-available:{award.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={
            "first_name": profile.first_name,
            "reward": award.name,
            "description": award.description,
            "code": award.code,
            "for_tier": award.origin == AwardOrigin.TIER,
            "amount": award.value,
            "unit": award.currency,
            "expires_at": award.valid_until.isoformat() if award.valid_until else None,
        },
    )


def tier_waits(*, profile: Profile, tier: Tier, now: datetime) -> None:
    """A tier was made that this person has reached already: they can claim it (FS-24)."""
    messaging.queue(
        kind="tier_waits",
        to=profile.email,
        key=f"tier-waits:{tier.id}:{profile.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={
            "first_name": profile.first_name,
            "tier": tier.name,
            "description": tier.description,
        },
    )


def codes_low(
    *, code_list: CodeList, left: int, people: Iterable[User], key: str, now: datetime
) -> None:
    """A list of codes runs out: whoever can import more is told."""
    drafts = [
        messaging.Draft(
            kind="codes_low",
            to=user.email,
            key=f"codes-low:{key}:{user.pk}",
            language=user.language,
            context={"list": code_list.name, "count": left, "path": "/recompenses/codes"},
        )
        for user in people
    ]
    messaging.queue_all(drafts=drafts, now=now)
