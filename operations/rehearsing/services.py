"""Opening a test, and wiping what tests left."""

import uuid
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from kernel.db import atomic_with_retry
from operations.editing import NotEditableError, locked
from operations.mechanics import mechanic_of
from operations.models import Operation, OperationState, Participation
from operations.telling import changed

KEEP_TESTS = timedelta(days=30)
_SLICE = 500


def tests(*, operation_id: uuid.UUID) -> QuerySet[Participation]:
    """The participations of tests, the latest first."""
    rows = Participation.objects.filter(operation_id=operation_id, is_test=True)
    return rows.select_related("module", "operation").order_by("-created_at", "-id")


@atomic_with_retry
def begin(*, operation_id: uuid.UUID, now: datetime) -> Operation:
    """Somebody tests: a draft is in test from now on. NotEditableError once it is over."""
    operation = locked(operation_id)
    shown = operation.shown_state(now)
    if shown in ("ended", "archived"):
        raise NotEditableError(shown)
    if operation.state == OperationState.DRAFT:
        operation.state, operation.updated_at = OperationState.TEST, now
        operation.save(update_fields=["state", "updated_at"])
        changed(operation_id=operation.id, now=now)
    return operation


@atomic_with_retry
def wipe(*, operation_id: uuid.UUID, now: datetime, partnership_id: uuid.UUID | None = None) -> int:
    """Take away all tests, or those of one partner; returns how many. Again changes nothing.

    What is real is never touched. An operation that was in test only is a draft again.
    """
    operation = locked(operation_id)
    rows = Participation.objects.filter(operation=operation, is_test=True)
    if partnership_id is not None:
        rows = rows.filter(source_partnership_id=partnership_id)
    wiped = _take_away(rows, now)
    if partnership_id is None:
        Operation.objects.filter(id=operation.id).update(rehearsal=F("rehearsal") + 1)
        if operation.state == OperationState.TEST:
            Operation.objects.filter(id=operation.id).update(
                state=OperationState.DRAFT, updated_at=now
            )
            changed(operation_id=operation.id, now=now)
    return wiped


@atomic_with_retry
def forget_old(*, now: datetime) -> int:
    """Take away tests that nobody wiped for a month (D6): a tester types true addresses, too."""
    old = Participation.objects.filter(is_test=True, created_at__lt=now - KEEP_TESTS)
    return _take_away(old, now)


def _take_away(rows: QuerySet[Participation], now: datetime) -> int:
    taken = 0
    while found := list(rows.select_related("module").order_by("id")[:_SLICE]):
        for row in found:
            mechanic_of(row.module).undo(module=row.module, participation=row, now=now)
        Participation.objects.filter(id__in=[row.id for row in found], is_test=True).delete()
        taken += len(found)
    return taken
