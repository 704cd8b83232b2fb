"""One line of a file, cleaned: what it says of whom, or what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tenants.profiles import emails
from tenants.profiles.importing.cells import CellError, Cleaner
from tenants.profiles.importing.errors import MOST_TEXT
from tenants.profiles.importing.fields import IDENTITIES, Field

# What our own exports put before a text that a spreadsheet would run, and what it protects (R39).
_GUARDED = re.compile(r"'\s*[=+\-@\u2212\uff1d\uff0b\uff0d\uff20]")
_FORMULA = ("=", "+", "-", "@", "\u2212", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_ALWAYS_FORMULA = ("=", "@", "\uff1d", "\uff20")
_BROKEN = "\ufffd"

Problem = tuple[int | None, str, dict[str, Any]]


@dataclass(slots=True)
class Cleaned:
    """What a line says: `data` by the fields' keys, empty cells left out; or its problems."""

    line: int
    data: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def email_key(self) -> str | None:
        email = self.data.get("email")
        return emails.key(email) if email else None


def clean(
    line: int,
    cells: Sequence[str],
    *,
    columns: Sequence[tuple[int, Field]],
    width: int,
    how: Cleaner,
) -> Cleaned:
    """`columns` are the numbers of the columns that were named, with their fields."""
    found = Cleaned(line)
    for number, column in columns:
        text = cells[number].strip() if number < len(cells) else ""
        if not text:
            continue
        try:
            found.data[column.key] = column.clean(_unguarded(text, column), how)
        except CellError as error:
            found.problems.append((number, error.code, error.facts))
    if any(cell.strip() for cell in cells[width:]):
        found.problems.append((None, "more_cells", {}))
    _settle(found)
    return found


def _unguarded(text: str, column: Field) -> str:
    """The text itself; raises for a formula, which says nothing about a customer."""
    if _BROKEN in text:
        raise CellError("unreadable")
    if len(text) > MOST_TEXT:
        raise CellError("too_long", most=MOST_TEXT)
    if text[0] == "'" and _GUARDED.match(text):
        return text[1:].strip()
    if text.startswith(_ALWAYS_FORMULA):
        raise CellError("formula")
    if text.startswith(_FORMULA) and text[0] not in column.signs and len(text) > 1:
        raise CellError("formula")
    return text


def _settle(found: Cleaned) -> None:
    """What concerns several cells of a line."""
    data = found.data
    whole = data.pop("full_name", "")
    if whole and "first_name" not in data and "last_name" not in data:
        first, _blank, last = whole.partition(" ")
        data["first_name"] = first
        if last:
            data["last_name"] = last
    if not any(data.get(key) for key in IDENTITIES) and not found.problems:
        found.problems.append((None, "no_identity", {}))
    first, last = data.get("first_order_at"), data.get("last_order_at")
    if first and last and first > last:
        found.problems.append((None, "dates_disagree", {}))
