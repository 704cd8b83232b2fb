"""What one version of the rules promises, to whom, and for what (SP-02)."""

from datetime import datetime, timedelta

from tenants.profiles.models import Profile
from tenants.programme.dates import local
from tenants.programme.models import (
    ProgrammeVersion,
    Qualifying,
    Reward,
    RewardRule,
    RewardState,
    Side,
    Trigger,
)
from tenants.referrals.facts import Fact, FactKind
from tenants.referrals.models import Referral
from tenants.rewards.models import Award, AwardOrigin, AwardState

_YEAR = timedelta(days=365)
_QUALIFYING = {
    Qualifying.ORDER: {FactKind.ORDER},
    # A referral that is older than the booking's own news still counts when it took place.
    Qualifying.SESSION_BOOKED: {FactKind.BOOKED, FactKind.VALIDATED},
    Qualifying.SESSION_VALIDATED: {FactKind.VALIDATED},
}


def amount(version: ProgrammeVersion, *, side: Side, trigger: Trigger) -> int:
    """Cents or points for one side and one fact; nought promises nothing."""
    amounts = {
        (Side.REFERRER, Trigger.QUALIFYING): version.referrer_amount,
        (Side.REFEREE, Trigger.QUALIFYING): version.referee_amount,
        (Side.REFERRER, Trigger.ACCOUNT): version.referrer_account_amount,
        (Side.REFEREE, Trigger.ACCOUNT): version.referee_account_amount,
    }
    return amounts.get((side, trigger), 0)


def in_kind(version: ProgrammeVersion, *, trigger: Trigger) -> list[RewardRule]:
    """The rewards in kind for one fact. No query for programmes that have none."""
    if version.drafted is not None:
        return [rule for rule in version.drafted if rule.trigger == trigger]
    if not version.in_kind:
        return []
    rules = RewardRule.objects.select_related("code_list").filter(version=version, trigger=trigger)
    return list(rules.order_by("side"))


def due(version: ProgrammeVersion, now: datetime) -> datetime:
    """So many of the merchant's days later, at the same time of day (R11)."""
    return local(now) + timedelta(days=version.pending_days)


def main_trigger(version: ProgrammeVersion) -> Trigger:
    """What the merchant rewards first of all: the qualifying fact, or the account alone."""
    return Trigger.QUALIFYING if grants(version, trigger=Trigger.QUALIFYING) else Trigger.ACCOUNT


def grants(version: ProgrammeVersion, *, trigger: Trigger) -> bool:
    """Whether this fact is worth something to anybody."""
    if any(amount(version, side=side, trigger=trigger) for side in Side):
        return True
    return bool(in_kind(version, trigger=trigger))


def qualifies(version: ProgrammeVersion, fact: Fact) -> bool:
    """Whether this fact is what makes a referral count."""
    return fact.kind in _QUALIFYING[Qualifying(version.qualifying)]


def begins(version: ProgrammeVersion, fact: Fact) -> bool:
    """Whether a referral may begin with this fact: it counts, or its clues will be wanted later."""
    if fact.kind == FactKind.ACCOUNT:
        return grants(version, trigger=Trigger.ACCOUNT)
    if fact.kind == FactKind.BOOKED:
        return version.qualifying != Qualifying.ORDER
    return qualifies(version, fact) and not (
        fact.kind == FactKind.VALIDATED and version.qualifying == Qualifying.SESSION_BOOKED
    )


def within_limit(
    *, referrer: Profile, referral: Referral, version: ProgrammeVersion, now: datetime
) -> bool:
    """Whether the referrer may still be rewarded this year.

    Their row is locked by whoever counts, so that two orders at once count right. What one
    referral brings in two steps is one referral.
    """
    if version.referrals_a_year is None:
        return True
    Profile.objects.select_for_update(no_key=True).get(id=referrer.id)
    since = now - _YEAR
    rewarded = Reward.objects.filter(profile=referrer, side=Side.REFERRER, granted_at__gt=since)
    sources = {
        f"referral:{number}"
        for number in rewarded.exclude(state=RewardState.CANCELLED).values_list(
            "referral_id", flat=True
        )
    }
    given = Award.objects.filter(
        profile=referrer, origin=AwardOrigin.REFERRAL, granted_at__gt=since
    ).exclude(state=AwardState.CANCELLED)
    # A referee's own gift names their referral too: only what the referrer got counts here.
    sources |= set(
        given.filter(key__contains=f":{Side.REFERRER}:").values_list("source", flat=True)
    )
    sources.discard(f"referral:{referral.id}")
    return len(sources) < version.referrals_a_year
