"""The merchant's days: a season begins and a code ends with them (R11)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenants.context import current_tenant


def today(now: datetime) -> date:
    """The date at the merchant's."""
    return now.astimezone(ZoneInfo(current_tenant().timezone)).date()


def end_of_day(now: datetime, *, days: int) -> datetime:
    """The last moment of the merchant's day, so many days from today."""
    zone = ZoneInfo(current_tenant().timezone)
    day = now.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), zone) - timedelta(seconds=1)


def start_of(day: date) -> datetime:
    """The first moment of a day at the merchant's."""
    return datetime.combine(day, time(), ZoneInfo(current_tenant().timezone))
