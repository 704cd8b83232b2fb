"""Listening to what brings facts: when it was heard, its usual rhythm, what it had refused (O7)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from kernel.db import atomic_with_retry
from kernel.slices import delete_in_slices
from tenants.activity.models import Heard, Refusal, Silence

logger = logging.getLogger(__name__)

_GRAIN = timedelta(minutes=5)
# What is usual is read from this long; what is older says nothing of today.
MEMORY = timedelta(days=60)
_DAY = timedelta(days=1)
# So few times, or so short a time, make no habit yet.
_ENOUGH, _LONG_ENOUGH = 10, timedelta(days=3)
# Whatever the habit, nobody is alarmed for less.
_LEAST = timedelta(hours=6)

# What this process has noted already, so that a busy shop costs no question to the database.
_noted: dict[tuple[str, str], datetime] = {}
_NOTED_LIMIT = 5_000

# The third longest wait is what is usual: a week-end or a holiday is, one breakdown is not.
_RHYTHMS = """
    SELECT connection, count(*), min(at), max(at),
           (array_agg(gap ORDER BY gap DESC) FILTER (WHERE gap IS NOT NULL))[3]
    FROM (
        SELECT connection, at, at - lag(at) OVER (PARTITION BY connection ORDER BY at) AS gap
        FROM activity_heard WHERE at > %s
    ) AS heard
    GROUP BY connection
"""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a connection was last heard, and how long it waits at most as a rule.

    `usual` is None while there is no habit yet.
    """

    last: datetime
    usual: timedelta | None = None

    def silent(self, *, now: datetime) -> bool:
        """Whether it waits clearly longer than it ever does."""
        return self.usual is not None and now - self.last > max(self.usual * 1.5, _LEAST)


def heard(*, name: str, now: datetime) -> None:
    """Note that a connection brought something; called once what it brought is stored.

    A failure is logged and forgotten: what was brought is worth more than this note.
    """
    at = _grain(now)
    key = (str(connection.schema_name), name)  # type: ignore[attr-defined]
    if _noted.get(key) == at:
        return
    try:
        with transaction.atomic():
            Heard.objects.bulk_create([Heard(connection=name, at=at)], ignore_conflicts=True)
            Silence.objects.filter(connection=name, since__isnull=False).update(since=None)
    except DatabaseError:
        logger.warning("a connection could not be noted", exc_info=True)
        return
    if len(_noted) >= _NOTED_LIMIT:
        _noted.clear()
    _noted[key] = at


def rhythms(*, now: datetime) -> dict[str, Rhythm]:
    """What was heard of each connection in the last sixty days."""
    with connection.cursor() as cursor:
        cursor.execute(_RHYTHMS, [now - MEMORY])
        rows = cursor.fetchall()
    found = {}
    for name, count, first, last, third in rows:
        habit = count > _ENOUGH and last - first >= _LONG_ENOUGH
        found[str(name)] = Rhythm(last=last, usual=third if habit else None)
    return found


def failures(*, now: datetime) -> dict[str, int]:
    """How much of what each connection brought was refused in the last 24 hours."""
    rows = Refusal.objects.filter(received_at__gt=now - _DAY).exclude(connection="")
    counted = rows.order_by().values_list("connection").annotate(n=Count("id"))
    return dict(counted)


def silences() -> dict[str, datetime]:
    """The connections that have fallen silent, and since when."""
    rows = Silence.objects.filter(since__isnull=False)
    return {name: since for name, since in rows.values_list("connection", "since") if since}


@atomic_with_retry
def note_silences(*, silent: dict[str, datetime], known: Iterable[str]) -> list[str]:
    """Keep who is silent and since when; returns those of whom it was not known before.

    Whoever is heard again, or is no connection any more (`known` has those there are), is
    silent no longer.
    """
    rows = {row.connection: row for row in Silence.objects.select_for_update().order_by("id")}
    new = []
    for name, since in silent.items():
        row = rows.get(name) or Silence(connection=name)
        if row.since != since:
            row.since = since
            row.save()
            new.append(name)
    there = set(known)
    for name, row in rows.items():
        if row.since is not None and (name not in silent or name not in there):
            row.since = None
            row.save(update_fields=["since"])
    return new


def forget_old(*, now: datetime) -> int:
    """Delete what is older than habits are read from; returns how many."""
    return delete_in_slices(Heard.objects.filter(at__lt=now - MEMORY - _DAY))


def _grain(now: datetime) -> datetime:
    seconds = _GRAIN.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=UTC)
