"""How numbers, amounts and times are written, in French and in English. One formatter for all.

Every function takes the language explicitly or uses the active one, returns plain text, and
never rounds money: amounts are whole cents. Template filters of the same names wrap them.
"""

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language

from kernel.money import CURRENCIES, POINTS, Amount

# The word, not a piece of an address or of a link.
_EMAIL = re.compile(r"(?<![\w.@/=-])([Ee])-mail(?=s?(?![\w@/=-]|\.\w))")
NNBSP = "\u202f"  # narrow no-break space: between groups of three digits, before ; ? !
NBSP = "\u00a0"  # no-break space: before units, : and inside « »
MINUS = "\u2212"

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "CAD": "CAD"}
_MONTHS_FR = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_SHORT_FR = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
_DAYS_FR = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_STEPS = ((86_400, "jour", "day"), (3_600, "heure", "hour"), (60, "minute", "minute"))
_DAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _english(language: str | None) -> bool:
    return (language or get_language() or "fr").startswith("en")


def number(
    value: int | float | Decimal,
    *,
    decimals: int = 0,
    signed: bool = False,
    language: str | None = None,
) -> str:
    """`1 234,5` in French, `1,234.5` in English; the minus is U+2212."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):,.{decimals}f}"
    if not _english(language):
        text = text.replace(",", NNBSP).replace(".", ",")
    sign = MINUS if exact < 0 else "+" if signed and exact > 0 else ""
    return sign + text


def money(
    cents: int, unit: str = "EUR", *, signed: bool = False, language: str | None = None
) -> str:
    """Whole cents to `1 234,50 €` or `€1,234.50`: always two decimals."""
    value = Decimal(cents).scaleb(-CURRENCIES[unit])
    text = number(value, decimals=CURRENCIES[unit], signed=signed, language=language)
    symbol = _SYMBOLS[unit]
    if not _english(language):
        return f"{text}{NBSP}{symbol}"
    sign, digits = (text[0], text[1:]) if text[0] in f"+{MINUS}" else ("", text)
    return f"{sign}{symbol}{NBSP if len(symbol) > 1 else ''}{digits}"


def price(cents: int, unit: str = "EUR", *, language: str | None = None) -> str:
    """As `money`, for what shoppers read of a price: whole euros go without decimals."""
    whole, rest = divmod(cents, 10 ** CURRENCIES[unit])
    if rest or not CURRENCIES[unit]:
        return money(cents, unit, language=language)
    symbol, text = _SYMBOLS[unit], number(whole, language=language)
    if not _english(language):
        return f"{text}{NBSP}{symbol}"
    return f"{symbol}{NBSP if len(symbol) > 1 else ''}{text}"


def points(value: int, *, signed: bool = False, language: str | None = None) -> str:
    """`1 240 points`; one and none are singular in French."""
    one = abs(value) == 1 if _english(language) else abs(value) < 2
    return f"{number(value, signed=signed, language=language)}{NBSP}{'point' if one else 'points'}"


def amount(value: Amount, *, signed: bool = False, language: str | None = None) -> str:
    """An `Amount` in its own unit."""
    if value.unit == POINTS:
        return points(value.value, signed=signed, language=language)
    return money(value.value, value.unit, signed=signed, language=language)


def percent(
    ratio: float | Decimal, *, decimals: int = 1, signed: bool = False, language: str | None = None
) -> str:
    """A ratio (0.177) to `17,7 %` or `17.7%`; a whole percentage keeps no decimal zero."""
    value = Decimal(str(ratio)) * 100
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    places = 0 if rounded == rounded.to_integral_value() else decimals
    text = number(value, decimals=places, signed=signed, language=language)
    return f"{text}%" if _english(language) else f"{text}{NNBSP}%"


def ordinal(value: int, *, feminine: bool = False, language: str | None = None) -> str:
    """`1er`, `1re`, `8e`; `1st`, `2nd`, `8th`."""
    if not _english(language):
        return f"{number(value)}{('re' if feminine else 'er') if value == 1 else 'e'}"
    tail = (
        "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    )
    return f"{value}{tail}"


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(
    value: date | datetime, *, year: bool = True, long: bool = False, language: str | None = None
) -> str:
    """`18 nov. 2026`, `1er oct. 2026`; with `long`, the month in full."""
    value = _local(value)
    if _english(language):
        month = (_MONTHS_EN if long else _SHORT_EN)[value.month - 1]
        text = f"{value.day}{NBSP}{month}"
    else:
        month = (_MONTHS_FR if long else _SHORT_FR)[value.month - 1]
        text = f"{'1er' if value.day == 1 else value.day}{NBSP}{month}"
    return f"{text} {value.year}" if year else text


def weekday(value: date | datetime, *, language: str | None = None) -> str:
    """`mercredi 18 novembre`, for tooltips and deadlines."""
    value = _local(value)
    name = (_DAYS_EN if _english(language) else _DAYS_FR)[value.weekday()]
    return f"{name} {day(value, year=False, long=True, language=language)}"


def month(value: date | datetime, *, language: str | None = None) -> str:
    """`mars 2025`, as in "depuis mars 2025"."""
    value = _local(value)
    name = (_MONTHS_EN if _english(language) else _MONTHS_FR)[value.month - 1]
    return f"{name} {value.year}"


def hour(value: datetime, *, language: str | None = None) -> str:
    """`19 h 42` in French, `19:42` in English: the day has 24 hours in both."""
    value = _local(value)  # type: ignore[assignment]
    if _english(language):
        return f"{value.hour:02}:{value.minute:02}"
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02}"


def moment(value: datetime, *, language: str | None = None) -> str:
    """`18 nov. 2026 à 19 h 42`."""
    between = " at " if _english(language) else " à "
    return day(value, language=language) + between + hour(value, language=language)


def ago(value: datetime, *, now: datetime, language: str | None = None) -> str:
    """`il y a 3 jours`, `dans 2 heures`, `à l’instant`; beyond thirty days the date itself."""
    seconds = int((now - value).total_seconds())
    distance = abs(seconds)
    english = _english(language)
    if distance < 60:
        return "just now" if english else "à l’instant"
    if distance >= 30 * 86_400:
        return day(value, language=language)
    size, fr, en = next(step for step in _STEPS if distance >= step[0])
    count = distance // size
    name = (en if english else fr) + ("s" if count > 1 else "")
    text = f"{count}{NBSP}{name}"
    if english:
        return f"{text} ago" if seconds > 0 else f"in {text}"
    return f"il y a {text}" if seconds > 0 else f"dans {text}"


def join(words: list[str], *, language: str | None = None) -> str:
    """`Camille, Thomas et Inès`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + (" and " if _english(language) else " et ") + words[-1]


def labelled(label: object, text: object, *, language: str | None = None) -> str:
    """`Adresse : Indiquez…` in French, `Address: Give…` in English; no label, no colon."""
    if not str(label or "").strip():
        return str(text)
    return f"{label}{'' if _english(language) else NBSP}: {text}"


def elided(text: str, *names: str, language: str | None = None) -> str:
    """« de Hélène » becomes « d’Hélène » in a French text that holds these names."""
    if _english(language):
        return text
    for name in names:
        if name and unicodedata.normalize("NFD", name)[0].lower() in "aeiouh":
            text = text.replace(f"de {name}", f"d’{name}")
    return text


def unbroken(text: str) -> str:
    """« e-mail » on one line: with the hyphen that does not break. Addresses stay as they are."""
    return _EMAIL.sub("\\1\u2011mail", text)


def initials(name: str) -> str:
    """Two letters for an avatar: `Camille Rouvière` gives `CR`."""
    words = [w for w in name.replace("-", " ").split() if w[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()
