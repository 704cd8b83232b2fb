"""What the cells of a workbook show: numbers, dates, and the columns that references name."""

import functools
import re
from datetime import datetime, timedelta
from decimal import Decimal

from tenants.profiles.importing.errors import BrokenFileError

# The numbers of the formats that Excel itself shows as dates.
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def typed(value: Decimal) -> str:
    if value == value.to_integral_value():
        return str(int(value))
    return format(round(value, 10).normalize(), "f")


@functools.lru_cache(maxsize=512)
def _column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column(reference: str) -> int:
    """`AB12` names column 27."""
    letters = reference.rstrip("0123456789")
    if not letters.isalpha() or not letters.isascii() or len(letters) > 3:
        raise BrokenFileError
    return _column_of(letters.upper())


def date(value: Decimal, epoch: datetime) -> str:
    try:
        moment = epoch + timedelta(seconds=round(float(value) * 86_400))
    except OverflowError:
        return str(value)
    return moment.isoformat(sep=" ")[: 10 if moment.time() == moment.min.time() else 19]


def shows_a_date(code: str) -> bool:
    """Whether a number format has days, months or years outside its quoted parts."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.lower())
    return any(sign in bare for sign in ("y", "d", "mm", "a")) and "general" not in bare
