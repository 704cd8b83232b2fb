"""What a merchant's schema forgets with time, and after how long (D6). The README lists it."""

from datetime import datetime

from tenants.activity import connections
from tenants.activity.services import forget_old_refusals
from tenants.messaging.forgetting import forget_old_letters
from tenants.profiles.importing.storing import forget_due
from tenants.programme import prospects
from tenants.referrals.services import forget_old_clicks
from tenants.rewards.services import forget_old_addresses


def forget(*, now: datetime) -> int:
    """In the current tenant, forget what is older than it may be; returns how many rows."""
    return (
        forget_old_clicks(now=now)
        + forget_old_refusals(now=now)
        + forget_old_letters(now=now)
        + forget_old_addresses(now=now)
        + forget_due(now=now)
        + connections.forget_old(now=now)
        + prospects.forget(now=now)
    )
