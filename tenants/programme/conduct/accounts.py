"""Accounts that customers open on the shop."""

from datetime import datetime, timedelta

from kernel.db import atomic_with_retry
from tenants.activity.models import Source
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import referring
from tenants.referrals.facts import Clues, Fact
from tenants.referrals.models import Referral

# How long after an account its browser may still tell where the customer came from.
_LATE = timedelta(hours=1)
# An account that is told of later than this is history: it was opened without a friend.
_NEWS = timedelta(days=2)


@atomic_with_retry
def account_created(
    *,
    identity: Identity,
    source: Source,
    at: datetime,
    now: datetime,
    clues: Clues = Clues(),  # noqa: B008 - frozen, and empty
) -> Profile:
    """Take in the opening of an account on the shop; where the rules reward it, so are both sides.

    A browser's word makes the profile known, but does not date the account: a forged report must
    not cost a friend their welcome (SP-20 counts what a trusted source says), nor earn one. What
    it adds to an account that the shop's server spoke of just now may say who sent them.
    """
    profile, newcomer = profiles.find_or_create(identity=identity, source=source, now=now)
    if not source.trusted:
        _late_clue(profile, clues, now)
        return profile
    if profile.account_created_at is None and at > now - _NEWS:
        referring.attribute(
            fact=Fact.of_account(at=at), profile=profile, clues=clues, newcomer=newcomer, now=now
        )
    profiles.note_account(profile=profile, at=at)
    return profile


def _late_clue(profile: Profile, clues: Clues, now: datetime) -> None:
    opened = profile.account_created_at
    if not clues or opened is None or not timedelta(0) <= now - opened < _LATE:
        return
    if not Referral.objects.filter(referee=profile).exists():
        referring.attribute(fact=Fact.of_account(at=opened), profile=profile, clues=clues, now=now)
