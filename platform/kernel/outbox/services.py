"""Writing events, and asking for dead ones to be tried again."""

import logging
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from kernel.db import insert, insert_if_absent
from kernel.outbox.models import Event, EventState
from kernel.slices import delete_in_slices

logger = logging.getLogger(__name__)

# Delivered events are kept this long, to be looked at when somebody asks what was sent.
_KEPT_FOR = timedelta(days=30)
# After a nudge that failed, requests do not wait for the broker again for this long.
_QUIET_SECONDS = 2.0
_quiet_until = 0.0


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be written: see `emit`."""

    kind: str
    payload: dict[str, Any]
    key: str | None = None
    due_at: datetime | None = None


def emit(
    *,
    kind: str,
    payload: dict[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Write an event in the caller's transaction and schema, and nudge the relay on commit.

    With a `key`, an event that exists already is not written again. A nudge that fails is
    swallowed: the sweep finds what it left.
    """
    emit_all(drafts=[Draft(kind=kind, payload=payload, key=key, due_at=due_at)], now=now)


def emit_all(*, drafts: Sequence[Draft], now: datetime, of_new: bool = False) -> None:
    """Write any number of events in one statement, with one nudge.

    `of_new`: their keys name rows that this transaction made, so that none can be there already.
    """
    if not drafts:
        return
    rows = [
        Event(
            kind=draft.kind,
            payload=draft.payload,
            key=draft.key,
            created_at=now,
            due_at=draft.due_at or now,
        )
        for draft in drafts
    ]
    if of_new or not any(row.key for row in rows):
        insert(rows)  # an event without a key is another one each time
    else:
        insert_if_absent(rows)
    if any(draft.due_at is None or draft.due_at <= now for draft in drafts):
        _nudge_on_commit(_Nudge(connection.schema_name))  # type: ignore[attr-defined]


def retry_dead(*, now: datetime, ids: Iterable[uuid.UUID] | None = None) -> int:
    """Make dead events pending again, all of them or those named; returns how many."""
    dead = Event.objects.filter(state=EventState.DEAD)
    if ids is not None:
        dead = dead.filter(id__in=list(ids))
    return dead.update(state=EventState.PENDING, due_at=now, attempts=0, failures=0)


def forget_delivered(*, now: datetime) -> int:
    """Delete events that were delivered more than 30 days ago; returns how many."""
    old = Event.objects.filter(state=EventState.DONE, finished_at__lt=now - _KEPT_FOR)
    return delete_in_slices(old)


@dataclass(frozen=True, slots=True)
class _Nudge:
    """What is called when the transaction has ended."""

    schema: str

    def __call__(self) -> None:
        _nudge(self.schema)


def _nudge_on_commit(nudge: _Nudge) -> None:
    """Once for a transaction: one that was asked for in a savepoint around this place goes, too,
    whenever this one would."""
    around = set(connection.savepoint_ids)
    if not any(entry[1] == nudge and entry[0] <= around for entry in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


def _nudge(schema: str) -> None:
    global _quiet_until  # noqa: PLW0603
    if time.monotonic() < _quiet_until:
        return
    try:
        import_string(settings.OUTBOX_NUDGE)(schema)
    except Exception as error:  # the sweep delivers what a lost nudge left
        _quiet_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("outbox nudge lost: %s", type(error).__name__)
