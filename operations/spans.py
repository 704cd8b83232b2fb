"""When an operation is, in words: the same in the back offices and in letters."""

from datetime import datetime
from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shell import formats
from tenants.programme.dates import local


class Dated(Protocol):
    """An operation, or a partner's copy of one."""

    starts_at: datetime | None

    @property
    def last_moment(self) -> datetime | None:
        """The last moment at which somebody may take part."""


def span(operation: Dated) -> str:
    """`du 7 au 30 novembre 2026`, `du 15 novembre au 8 décembre 2026`, of one day `le 28 novembre
    2026`; "" without dates.
    """
    last = operation.last_moment
    if operation.starts_at is None or last is None:
        return ""
    starts, ends = local(operation.starts_at), local(last)
    if starts.date() == ends.date():
        return _("le %(day)s") % {"day": formats.day(ends, long=True)}
    first = formats.day(starts, long=True, year=starts.year != ends.year)
    if (starts.year, starts.month) == (ends.year, ends.month) and get_language() == "fr":
        first = formats.day(starts, long=True, year=False).split(formats.NBSP)[0]
    return _("du %(first)s au %(last)s") % {"first": first, "last": formats.day(ends, long=True)}
