"""Delivering events: claim one, run its handler, mark it done; again until none is due.

A claim is committed before its handler begins, and moves `due_at` one lease ahead, so a process
that is killed leaves an event that becomes due again. The handler then runs in the transaction
that marks the event done: its writes happen once, however often the event is delivered. The same
transaction claims the next event: one commit for each, which is what a busy outbox waits for.
"""

import logging
import random
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kernel.db import read, update_fields
from kernel.outbox.models import Event, EventState
from kernel.outbox.types import EventData, Handler

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_FAILURES = 8
# Starts that ended without a word: an event that kills its worker must not go on for ever.
MOST_INTERRUPTIONS = 20
_FIRST_DELAY = timedelta(seconds=5)
_LONGEST_DELAY = timedelta(hours=1)


def relay(
    *, handlers: Mapping[str, Handler], clock: Callable[[], datetime], limit: int = 500
) -> int:
    """Deliver what is due in the current schema, `limit` events at most; returns how many."""
    delivered = 0
    event = _claim(clock()) if limit > 0 else None
    while event is not None:
        delivered += 1
        event = _deliver(event, handlers, clock, goes_on=delivered < limit)
    return delivered


def backoff(failures: int) -> timedelta:
    """The wait after the n-th failure: doubling from five seconds to an hour, with jitter."""
    delay = min(_FIRST_DELAY * 2 ** (failures - 1), _LONGEST_DELAY)
    return timedelta(seconds=delay.total_seconds() * random.uniform(0.75, 1.25))  # noqa: S311


# The state is written out: so the index of what is due answers.
_CLAIMING = """
    UPDATE outbox_event SET
        attempts = attempts + 1,
        due_at = %s,
        state = CASE WHEN attempts + 1 - failures > %s THEN 'dead' ELSE state END,
        finished_at = CASE WHEN attempts + 1 - failures > %s THEN %s ELSE finished_at END,
        last_error = CASE WHEN attempts + 1 - failures > %s THEN 'interrupted' ELSE last_error END
    WHERE id = (
        SELECT id FROM outbox_event WHERE state = 'pending' AND due_at <= %s{but}
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING {{0}}
"""
_CLAIM = _CLAIMING.format(but="")
# An event whose handler took longer than the lease is due again while it ends: not by its own end.
_END_AND_CLAIM = f"""
    WITH ended AS (
        UPDATE outbox_event SET state = 'done', finished_at = %s, last_error = '' WHERE id = %s
    )
    {_CLAIMING.format(but=" AND id <> %s")}
"""  # noqa: S608
_LOCK = "SELECT {0} FROM outbox_event WHERE id = %s FOR UPDATE"


def _claim(now: datetime) -> Event | None:
    found = read((Event,), _CLAIM, _claiming(now))
    return found[0][0] if found else None


def _end_and_claim(event: Event, now: datetime) -> Event | None:
    """Mark one event done and claim the next, in one statement."""
    found = read((Event,), _END_AND_CLAIM, [now, event.id, *_claiming(now), event.id])
    return found[0][0] if found else None


def _claiming(now: datetime) -> list[Any]:
    most = MOST_INTERRUPTIONS
    return [now + LEASE, most, most, now, most, now]


def _locked(event: Event) -> Event:
    found: Event = read((Event,), _LOCK, [event.id])[0][0]
    return found


def _deliver(
    claimed: Event,
    handlers: Mapping[str, Handler],
    clock: Callable[[], datetime],
    *,
    goes_on: bool,
) -> Event | None:
    """Deliver one event, whatever comes of it; gives the next one, claimed, where it `goes_on`."""
    try:
        with transaction.atomic():
            event = _locked(claimed)
            # Otherwise somebody else took it over when our lease ran out.
            if event.state == EventState.PENDING and event.attempts == claimed.attempts:
                handlers[event.kind](_data(event))
                if goes_on:
                    return _end_and_claim(event, clock())
                event.state = EventState.DONE
                event.finished_at = clock()
                event.last_error = ""
                update_fields(event, "state", "finished_at", "last_error")
            return _claim(clock()) if goes_on else None
    except Exception as error:
        # Where and what, without the error's own words: a mail server's quote the address (D9).
        logger.error(
            "outbox event %s (%s) failed: %s\n%s",
            claimed.id,
            claimed.kind,
            type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)),
        )
        _record_failure(claimed, error, clock())
    return _claim(clock()) if goes_on else None


def _record_failure(claimed: Event, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        event = Event.objects.select_for_update().get(id=claimed.id)
        if event.state != EventState.PENDING or event.attempts != claimed.attempts:
            return
        event.failures += 1
        # The type and the code only: a message may quote personal data.
        event.last_error = f"{type(error).__name__} {getattr(error, 'code', '')}".strip()[:200]
        if event.failures >= MOST_FAILURES:
            event.state, event.finished_at = EventState.DEAD, now
        else:
            event.due_at = now + backoff(event.failures)
        event.save(update_fields=["failures", "last_error", "state", "finished_at", "due_at"])


def _data(event: Event) -> EventData:
    return EventData(
        id=event.id,
        kind=event.kind,
        payload=event.payload,
        created_at=event.created_at,
        attempt=event.attempts,
        interrupted=event.attempts - 1 > event.failures,
    )
