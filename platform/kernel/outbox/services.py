"""Writing events, and asking for dead ones to be tried again."""

import logging
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from kernel.outbox.models import Event, EventState

logger = logging.getLogger(__name__)

# After a nudge that failed, requests do not wait for the broker again for this long.
_QUIET_SECONDS = 2.0
_quiet_until = 0.0


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
    event = Event(kind=kind, payload=payload, key=key, created_at=now, due_at=due_at or now)
    Event.objects.bulk_create([event], ignore_conflicts=key is not None)
    if due_at is None or due_at <= now:
        schema: str = connection.schema_name  # type: ignore[attr-defined]
        transaction.on_commit(lambda: _nudge(schema), robust=True)


def retry_dead(*, now: datetime, ids: Iterable[uuid.UUID] | None = None) -> int:
    """Make dead events pending again, all of them or those named; returns how many."""
    dead = Event.objects.filter(state=EventState.DEAD)
    if ids is not None:
        dead = dead.filter(id__in=list(ids))
    return dead.update(state=EventState.PENDING, due_at=now, attempts=0, failures=0)


def _nudge(schema: str) -> None:
    global _quiet_until  # noqa: PLW0603
    if time.monotonic() < _quiet_until:
        return
    try:
        import_string(settings.OUTBOX_NUDGE)(schema)
    except Exception as error:  # the sweep delivers what a lost nudge left
        _quiet_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("outbox nudge lost: %s", type(error).__name__)
