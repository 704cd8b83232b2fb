"""The stretches of time that figures are about, in the merchant's own days (R11).

The same keys stand in the address of the home page (`?periode=30`) and of the lists that its
figures lead to (`?depuis=30`), so that a total finds its lines.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

MONTH = "mois"
DEFAULT = "30"
# As a switch on a page, and as a sentence.
CHOICES = (
    ("7", gettext_lazy("7 jours"), gettext_lazy("7 derniers jours")),
    (DEFAULT, gettext_lazy("30 jours"), gettext_lazy("30 derniers jours")),
    (MONTH, gettext_lazy("Ce mois"), gettext_lazy("Ce mois-ci")),
    ("90", gettext_lazy("90 jours"), gettext_lazy("90 derniers jours")),
    ("365", gettext_lazy("12 mois"), gettext_lazy("12 derniers mois")),
)
SENTENCES = tuple((key, words) for key, _short, words in CHOICES)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` (included) to `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Period(Stretch):
    """A stretch up to now, and the one before to compare it with, as far gone as this one."""

    before: Stretch


def period_of(*, key: str, now: datetime, zone: ZoneInfo) -> Period:
    """The period that `key` names: so many days, today included, or the month that runs.

    The month before is taken up to the same day and hour, or to its end where it is shorter.
    """
    today = now.astimezone(zone).date()
    if key == MONTH:
        first = today.replace(day=1)
        former = (first - timedelta(days=1)).replace(day=1)
        start = _midnight(first, zone)
        before = Stretch(_midnight(former, zone), _midnight(former, zone) + (now - start))
        return Period(start, now, Stretch(before.start, min(before.end, start)))
    days = timedelta(days=int(key))
    first = today - days + timedelta(days=1)
    start, former_start = _midnight(first, zone), _midnight(first - days, zone)
    return Period(start, now, Stretch(former_start, min(former_start + (now - start), start)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
