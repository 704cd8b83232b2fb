"""The shape of an operation's figures, the same for both sides, and how they are added up.

The definitions (requirements.md): participants are distinct people whose participation counts;
opt-ins are their consents to whoever looks, once confirmed; new profiles are those whom the one
who looks did not know before. Every line of a breakdown counts a person once, where they came
first, so that the lines add up to the figure above them (B17). Rehearsals are in none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from operations.models import SourceKind
from operations.models.operations import last_moment
from shell import formats
from shell.charts import Point, bars, shares
from tenants.programme.dates import local

Text = str | Promise
# As many days as a chart can hold; the table of a longer operation has them all.
MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Figures:
    """The three figures of a partner operation."""

    participants: int = 0
    optins: int = 0
    new_profiles: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown."""

    label: Text
    figures: Figures


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts as what in one table of participations."""

    participants: Q
    optins: Q
    new_profiles: Q

    def of(self, rows: QuerySet[Any]) -> Figures:
        """The three figures of these rows."""
        return Figures(**rows.aggregate(**self._counts()))

    def by(self, rows: QuerySet[Any], *names: str) -> list[tuple[tuple[Any, ...], Figures]]:
        """The three figures for each value of these columns."""
        grouped = rows.order_by().values(*names).annotate(**self._counts())
        return [
            (
                tuple(row[name] for name in names),
                Figures(row["participants"], row["optins"], row["new_profiles"]),
            )
            for row in grouped
        ]

    def _counts(self) -> dict[str, Count]:
        return {
            "participants": Count("pk", filter=self.participants),
            "optins": Count("pk", filter=self.optins),
            "new_profiles": Count("pk", filter=self.new_profiles),
        }


def every_day(
    found: Iterable[tuple[date, Figures]],
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
) -> list[Day]:
    """From the first day to today or the last one, those without anybody included."""
    counted = dict(found)
    if starts_at is None and not counted:
        return []
    first = local(starts_at).date() if starts_at is not None else min(counted)
    within = last_moment(ends_at)
    last = local(min(now, within) if within is not None else now).date()
    first, last = min([first, *counted]), max([last, *counted])
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(day, counted.get(day, Figures())) for day in days]


def in_order(lines: Iterable[Line]) -> list[Line]:
    """The largest first."""
    return sorted(lines, key=lambda line: (-line.figures.participants, str(line.label)))


def source_label(kind: str, brand: str) -> str:
    """What people came by: "Widget Maison Lumen"; without a brand, somebody else's."""
    if kind == SourceKind.SITE:
        return _("Page de l’opération")
    if kind == SourceKind.QR and brand:
        return _("QR code %(brand)s") % {"brand": brand}
    words = {
        SourceKind.WIDGET: (_("Widget %(brand)s"), _("Widget d’un autre partenaire")),
        SourceKind.LINK: (_("Lien %(brand)s"), _("Lien d’un autre partenaire")),
        SourceKind.EMAIL: (_("E-mail %(brand)s"), _("E-mail d’un autre partenaire")),
        SourceKind.QR: ("", _("QR code d’un autre partenaire")),
    }
    ours, theirs = words[SourceKind(kind)]
    return ours % {"brand": brand} if brand else theirs


def days_chart(days: Sequence[Day]) -> str:
    """Participants by day, in one colour; the last month of them."""
    shown = days[-MOST_DAYS:]
    step = max(1, len(shown) // 7)
    points = [
        Point(
            label=formats.day(one.day, year=False) if number == 0 else str(one.day.day),
            value=one.figures.participants,
            full=formats.weekday(one.day),
            axis=number % step == 0,
        )
        for number, one in enumerate(shown)
    ]
    return bars(label=_("Participants par jour"), points=points, unit=_("participants"))


def lines_chart(lines: Sequence[Line], *, label: str) -> str:
    """Where people came from, with counts and percents."""
    points = [Point(label=line.label, value=line.figures.participants) for line in lines]
    return shares(label=label, points=points)
