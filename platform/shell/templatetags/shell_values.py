"""How values are written on a page: amounts, numbers, dates, names; a builtin library."""

import zlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeData, SafeString, mark_safe

from kernel.money import Amount
from shell import formats

register = template.Library()


# ---------------------------------------------------------------- numbers and amounts
@register.filter
def money(value: int | Amount | str | None, unit: str = "EUR") -> str:
    """An amount in its unit to `1 234,50 €` or `240 points`; None shows a long dash."""
    if value is None or isinstance(value, str):
        return "—"
    if isinstance(value, Amount):
        return formats.amount(value)
    return formats.amount(Amount(value, unit or "EUR"))


@register.filter
def price(value: int, unit: str = "EUR") -> str:
    """As `money`, for a price that shoppers read: `60 €`, and `59,90 €`."""
    return formats.price(value, unit or "EUR")


@register.filter
def money_signed(value: int | Amount | str | None, unit: str = "EUR") -> str:
    """As `money`, with `+` or `−` in front."""
    if value is None or isinstance(value, str):
        return "—"
    if isinstance(value, Amount):
        return formats.amount(value, signed=True)
    return formats.amount(Amount(value, unit or "EUR"), signed=True)


@register.filter
def loose(value: Any) -> str:
    """An amount whose unit goes to the next line where there is no room for both, in one piece."""
    number, space, unit = str(value).rpartition("\u00a0")
    return f"{number} {unit}" if space else str(value)


@register.filter
def points(value: int | None) -> str:
    return "—" if value is None else formats.points(value)


@register.filter
def points_signed(value: int | None) -> str:
    return "—" if value is None else formats.number(value, signed=True)


@register.filter
def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    return "—" if value is None or value == "" else formats.number(value, decimals=int(decimals))


@register.filter
def percent(value: float | Decimal | None) -> str:
    """A ratio: 0.177 gives `17,7 %`."""
    return "—" if value is None or value == "" else formats.percent(value)


@register.filter
def ordinal(value: int) -> SafeString:
    return _raise_ordinal(formats.ordinal(value))


# ---------------------------------------------------------------- times
def _raise_ordinal(text: str) -> SafeString:
    """`1er` with its small superscript."""
    safe = escape(text)
    for tail in ("er", "re"):
        if safe.startswith("1" + tail) and not safe[3:4].isalpha():
            return mark_safe(f"1<sup>{tail}</sup>{safe[3:]}")  # noqa: S308  escaped above
    return mark_safe(safe)  # noqa: S308  escaped above


def _time(value: date | datetime, text: str, *, title: bool = False) -> SafeString:
    exact = formats.moment(value) if isinstance(value, datetime) else formats.day(value)
    stamp = (
        value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    )
    if not title:
        return format_html('<time datetime="{}">{}</time>', stamp, _raise_ordinal(text))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', stamp, exact, _raise_ordinal(text)
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """`<time>18 nov. 2026</time>`."""
    return "—" if not value else _time(value, formats.day(value))


@register.filter
def day_short(value: date | datetime | None) -> str:
    """`<time>18 nov.</time>`: the year goes without saying."""
    return "—" if not value else _time(value, formats.day(value, year=False))


@register.filter
def day_long(value: date | datetime | None) -> str:
    """`<time>18 novembre 2026</time>`."""
    return "—" if not value else _time(value, formats.day(value, long=True))


@register.filter
def month_year(value: date | datetime | None) -> str:
    return "—" if not value else _time(value, formats.month(value))


@register.filter
def moment(value: datetime | None) -> str:
    """`<time>18 nov. 2026 à 19 h 42</time>`."""
    return "—" if not value else _time(value, formats.moment(value))


@register.filter
def hour(value: datetime | None) -> str:
    return "—" if not value else _time(value, formats.hour(value))


@register.filter
def ago(value: datetime | None) -> str:
    """`<time title="the exact time">il y a 3 jours</time>`."""
    if not value:
        return "—"
    return _time(value, formats.ago(value, now=timezone.now()), title=True)


@register.filter
def day_text(value: date | datetime | None) -> str:
    """The date as plain text, for attributes and sentences that are escaped."""
    return "—" if not value else formats.day(value)


# ---------------------------------------------------------------- words and people
@register.filter
def initials(name: str) -> str:
    return formats.initials(str(name))


@register.filter
def avatar_tone(name: str) -> int:
    """0, 1 or 2: two greys and lac, the same for one name on every page."""
    return zlib.crc32(str(name).encode()) % 3


@register.filter(is_safe=True)
def unbroken(text: Any) -> str:
    """`{% filter unbroken %}…{% endfilter %}`: no line ends within « e-mail »."""
    return formats.unbroken(str(text))


@register.filter
def elided(text: Any, name: Any) -> str:
    """`{{ heading|elided:name }}`: « Cagnotte de Inès » becomes « Cagnotte d’Inès »."""
    if isinstance(text, SafeData):  # a sentence whose names are escaped already
        return mark_safe(formats.elided(str(text), escape(name)))  # noqa: S308
    return formats.elided(str(text), str(name))


@register.filter
def join_words(words: list[Any]) -> str:
    return formats.join([str(word) for word in words])
