"""Nobody refers whoever brought them: not directly, and not around any number of corners."""

import uuid

from django.db import connection

from tenants.profiles.models import Profile
from tenants.referrals.models import OPEN_STATES, Referral


def closes_one(*, referrer: Profile, referee: Profile) -> bool:
    """Whether `referee` stands somewhere above `referrer`, so that this referral would close a
    circle.

    The caller holds the referee's row. Each row of the way up is locked against becoming somebody
    else's referee at this moment: of two referrals that would close a circle together, one waits
    and then sees the other.
    """
    seen = {referee.id}
    above = referrer.id
    while above not in seen:
        seen.add(above)
        _hold(above)
        found = Referral.objects.filter(referee_id=above, state__in=OPEN_STATES)
        next_up = found.values_list("referrer_id", flat=True).first()
        if next_up is None:
            return False
        above = next_up
    return above == referee.id


def _hold(profile_id: uuid.UUID) -> None:
    """FOR SHARE: many referrals of one referrer go on side by side."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM profiles_profile WHERE id = %s FOR SHARE", [profile_id])
