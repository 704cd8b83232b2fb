"""What the cell of a column means: each function gives the value, or raises CellError."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from shell import parsing
from shell.text import folded
from tenants.profiles import emails
from tenants.profiles.emails import InvalidEmailError
from tenants.profiles.names import UnsafeNameError, clean_name

_MOST_CENTS = 100_000_000_00


class CellError(Exception):
    """A cell that cannot be used: a code of `problems.WORDS`."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Cleaner:
    """What cleaning needs to know of the merchant and of the moment."""

    zone: ZoneInfo
    now: datetime


Clean = Callable[[str, Cleaner], Any]
# The simplest addresses, which need no closer look: nearly all of them.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9_+-]*(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.I
)
_PHONE = re.compile(r"\+?[0-9][0-9 .()/-]{3,}[0-9]")
_YES = {"1", "oui", "o", "yes", "y", "vrai", "true", "x", "actif", "membre", "member"}
_NO = {"0", "non", "n", "no", "faux", "false", "-", "inactif"}
GENDERS = {
    **dict.fromkeys(("f", "mme", "madame", "mlle", "mrs", "ms", "miss", "femme", "female"), "f"),
    **dict.fromkeys(("m", "mr", "monsieur", "homme", "h", "male"), "m"),
}
LANGUAGES = {
    **dict.fromkeys(("fr", "fra", "fre", "francais", "french"), "fr"),
    **dict.fromkeys(("en", "eng", "anglais", "english"), "en"),
}
_CLOCK = re.compile(r"[ T](\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?\Z")


def email(text: str, _how: Cleaner) -> str:
    """An address, as typed."""
    if len(text) <= 254 and len(text.partition("@")[0]) <= 64 and _PLAIN_EMAIL.fullmatch(text):
        return text
    try:
        return emails.clean(text)
    except InvalidEmailError:
        raise CellError("email") from None


def name(text: str, _how: Cleaner) -> str:
    """A first or last name, on one line."""
    if len(text) > 80:
        raise CellError("too_long", most=80)
    try:
        return clean_name(text, param="name")
    except UnsafeNameError:
        raise CellError("address_in_name") from None


def text(most: int) -> Clean:
    """Any text of `most` characters."""

    def clean(text: str, _how: Cleaner) -> str:
        if len(text) > most:
            raise CellError("too_long", most=most)
        return text

    return clean


def phone(text: str, _how: Cleaner) -> str:
    """A number as typed, with its country or not."""
    phone = " ".join(text.split())
    if len(phone) > 20 or not _PHONE.fullmatch(phone):
        raise CellError("phone")
    return phone


def choice(known: Mapping[str, str], code: str) -> Clean:
    """One of the known words; CellError of this code for any other."""

    def clean(text: str, _how: Cleaner) -> str:
        found = known.get(folded(text).strip(" ."))
        if found is None:
            raise CellError(code)
        return found

    return clean


def flag(text: str, _how: Cleaner) -> bool:
    """Yes or no."""
    word = folded(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise CellError("flag")


def count(text: str, _how: Cleaner) -> int:
    """A whole number, nought or more."""
    try:
        number = parsing.integer(text)
    except ValueError:
        raise CellError("number") from None
    if not 0 <= number <= 1_000_000:
        raise CellError("number")
    return number


def amount(text: str, _how: Cleaner) -> int:
    """Cents."""
    try:
        cents = parsing.cents(text)
    except ValueError:
        raise CellError("amount") from None
    if not 0 <= cents <= _MOST_CENTS:
        raise CellError("amount")
    return cents


def moment(text: str, how: Cleaner) -> str:
    """A day or a moment, as an ISO text in UTC; a day is its noon in the merchant's zone."""
    found = _CLOCK.search(text)
    try:
        day = parsing.day(text[: found.start()] if found else text)
        moment = _at(day, found, how.zone)
    except (ValueError, OverflowError):
        raise CellError("date") from None
    if moment > how.now:
        raise CellError("future")
    return moment.isoformat()


def _at(day: date, found: "re.Match[str] | None", zone: ZoneInfo) -> datetime:
    if day.year < 1950:
        raise ValueError("too long ago")
    if found is None:
        return datetime.combine(day, time(12), zone).astimezone(UTC)
    hour, minute, second, offset = found.groups()
    clock = time(int(hour), int(minute), int(second or 0))
    if offset:
        text = "+00:00" if offset == "Z" else offset
        return datetime.fromisoformat(f"{day.isoformat()}T{clock.isoformat()}{text}").astimezone(
            UTC
        )
    return datetime.combine(day, clock, zone).astimezone(UTC)
