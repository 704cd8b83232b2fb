"""What a person bought, in figures; the profile is locked by whoever counts."""

from datetime import datetime

from kernel.db import update_fields
from tenants.profiles.models import Profile


def count_order(*, profile: Profile, amount: int, at: datetime) -> None:
    """Add a confirmed order (cents) to the figures of a locked profile."""
    profile.order_count += 1
    profile.order_total += amount
    profile.first_order_at = min(profile.first_order_at or at, at)
    profile.last_order_at = max(profile.last_order_at or at, at)
    update_fields(profile, "order_count", "order_total", "first_order_at", "last_order_at")


def count_amount(*, profile: Profile, amount: int) -> None:
    """Add cents that were paid again to the figures of a locked profile."""
    profile.order_total += amount
    profile.save(update_fields=["order_total"])


def uncount_amount(*, profile: Profile, amount: int) -> None:
    """Take refunded cents off the figures of a locked profile."""
    profile.order_total = max(profile.order_total - amount, 0)
    profile.save(update_fields=["order_total"])
