"""Reads what French people type and paste: amounts, numbers and dates. No Django form in here.

Each function returns the value, or raises ValueError whose text says what to write.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from shell.text import folded

# Every blank that a word processor, a bank's page or a phone may put between digits.
_BLANKS = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u2060\ufeff]+")
_CURRENCY = re.compile(r"(?i)€|\beuros?\b|\beur\b|£|\$|\bgbp\b|\busd\b|\bchf\b|\bcad\b")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?\Z")
_MONTHS = {
    **dict.fromkeys(("janvier", "janv", "jan", "january"), 1),
    **dict.fromkeys(("fevrier", "fevr", "fev", "feb", "february"), 2),
    **dict.fromkeys(("mars", "mar", "march"), 3),
    **dict.fromkeys(("avril", "avr", "apr", "april"), 4),
    **dict.fromkeys(("mai", "may"), 5),
    **dict.fromkeys(("juin", "jun", "june"), 6),
    **dict.fromkeys(("juillet", "juil", "jul", "july"), 7),
    **dict.fromkeys(("aout", "aou", "aug", "august"), 8),
    **dict.fromkeys(("septembre", "sept", "sep", "september"), 9),
    **dict.fromkeys(("octobre", "oct", "october"), 10),
    **dict.fromkeys(("novembre", "nov", "november"), 11),
    **dict.fromkeys(("decembre", "dec", "december"), 12),
}
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})\Z")
_NAMED = re.compile(r"^(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+)\.?,? (\d{4}|\d{2})\Z")


def decimal(text: str) -> Decimal:
    """`1 234,50`, `1.234,50`, `1,234.50`, `−12`: the last of comma and dot is the decimal mark."""
    compact = _BLANKS.sub("", text.translate(_MINUS)).replace("’", "").replace("'", "")
    comma, dot = compact.rfind(","), compact.rfind(".")
    if comma >= 0 and dot >= 0:
        thousands, mark = (".", ",") if comma > dot else (",", ".")
        compact = compact.replace(thousands, "").replace(mark, ".")
    elif compact.count(",") > 1 or compact.count(".") > 1:
        # Only groups: `1.234.567`. Anything else with two marks is not a number.
        if not re.match(r"^[+-]?\d{1,3}([.,]\d{3})+\Z", compact):
            raise ValueError(_("Indiquez un nombre, par exemple 8,00."))
        compact = compact.replace(",", "").replace(".", "")
    else:
        compact = compact.replace(",", ".")
    if compact.endswith("."):
        compact = compact[:-1]
    if compact.startswith("."):
        compact = f"0{compact}"
    if len(compact) > 30 or not _NUMBER.match(compact) or not compact.isascii():
        raise ValueError(_("Indiquez un nombre, par exemple 8,00."))
    try:
        return Decimal(compact)
    except InvalidOperation:  # pragma: no cover  the pattern above lets only numbers through
        raise ValueError(_("Indiquez un nombre, par exemple 8,00.")) from None


def cents(text: str, *, decimals: int = 2) -> int:
    """`1 234,50 €` to 123450; more decimals than the currency has are refused, not rounded."""
    value = decimal(_CURRENCY.sub("", text))
    scaled = value.scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise ValueError(_("Indiquez au plus deux chiffres après la virgule, par exemple 8,50."))
    return int(scaled)


def integer(text: str) -> int:
    """`1 240` to 1240; `12,0` is twelve, `12,5` is refused."""
    value = decimal(text)
    if value != value.to_integral_value():
        raise ValueError(_("Indiquez un nombre entier, par exemple 12."))
    return int(value)


def percentage(text: str) -> Decimal:
    """`12,5 %` to Decimal("12.5")."""
    return decimal(text.replace("%", ""))


def day(text: str) -> date:
    """`18/11/2026`, `18.11.26`, `18-11-2026`, `2026-11-18`, `18 nov. 2026`, `1er octobre 2026`."""
    compact = _BLANKS.sub(" ", text.translate(_MINUS)).strip()
    found = _ISO.match(compact)
    if found:
        year, month, number = (int(part) for part in found.groups())
        return _date(year, month, number)
    found = _DAY_FIRST.match(re.sub(r" ?([-/.]) ?", r"\1", compact))
    if found:
        number, month, year = (int(part) for part in found.groups())
        return _date(year, month, number)
    found = _NAMED.match(folded(compact))
    if found and found.group(2) in _MONTHS:
        return _date(int(found.group(3)), _MONTHS[found.group(2)], int(found.group(1)))
    raise ValueError(_("Écrivez la date ainsi : 18/11/2026."))


def _date(year: int, month: int, number: int) -> date:
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, number)
    except ValueError:
        raise ValueError(
            _("Cette date n’existe pas. Écrivez jour, mois, année, par exemple 18/11/2026.")
        ) from None
