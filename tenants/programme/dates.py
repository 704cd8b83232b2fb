"""Days and months as the merchant counts them (R11)."""

from calendar import monthrange
from datetime import datetime
from zoneinfo import ZoneInfo

from tenants.context import current_tenant


def zone() -> ZoneInfo:
    """Where the merchant's days begin."""
    return ZoneInfo(current_tenant().timezone)


def local(moment: datetime) -> datetime:
    """The moment on the merchant's own clock."""
    return moment.astimezone(zone())


def months_after(moment: datetime, months: int | None) -> datetime | None:
    """The end of the merchant's day so many months later; None stays none.

    The 31st falls on a shorter month's last day. What ends "on the 2nd" can be used all that day.
    """
    if months is None:
        return None
    at = local(moment)
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    day = min(at.day, monthrange(year, month + 1)[1])
    last = at.replace(year=year, month=month + 1, day=day)
    return last.replace(hour=23, minute=59, second=59, microsecond=0)


def months_before(moment: datetime, months: int) -> datetime:
    """So many months earlier, by the same rule."""
    at = local(moment)
    years, month = divmod(at.month - 1 - months, 12)
    year = at.year + years
    day = min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)
