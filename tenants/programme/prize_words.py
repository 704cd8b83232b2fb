"""What a prize is and when it is offered, in words: for the back office and the space."""

from datetime import date

from django.utils.translation import gettext as _

from shell import formats
from tenants.rewards.models import Prize


def season(prize: Prize, *, today: date) -> str:
    """`Du 1er au 31 déc.`; "" for a prize that is always offered. The year only where it helps."""
    start, end = prize.starts_on, prize.ends_on
    year = any(day is not None and day.year != today.year for day in (start, end))
    if start and end:
        first = formats.day(start, year=year)
        if (start.year, start.month) == (end.year, end.month):
            first = formats.day(start, year=False).partition(formats.NBSP)[0]
        return _("Du %(start)s au %(end)s") % {"start": first, "end": formats.day(end, year=year)}
    if start:
        return _("À partir du %(start)s") % {"start": formats.day(start, year=year)}
    return _("Jusqu’au %(end)s") % {"end": formats.day(end, year=year)} if end else ""


def what(prize: Prize, *, currency: str) -> str:
    """Its kind, what it is worth, and where it is used."""
    parts = [str(prize.get_kind_display())]
    if prize.value:
        parts.append(formats.money(prize.value, currency))
    if prize.partner_name:
        parts.append(prize.partner_name)
    return ", ".join(parts)
