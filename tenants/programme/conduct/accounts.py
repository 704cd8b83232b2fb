"""Accounts that customers open on the shop."""

from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.activity.models import Source
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity


@atomic_with_retry
def account_created(*, identity: Identity, source: Source, at: datetime, now: datetime) -> Profile:
    """Take in the opening of an account on the shop.

    A browser's word makes the profile known, but does not date the account: a forged report
    must not cost a friend their welcome (SP-20 counts what a trusted source says).
    """
    profile, _ = profiles.find_or_create(identity=identity, source=source, now=now)
    if source.trusted:
        profiles.note_account(profile=profile, at=at)
    return profile
