"""Writing to a guest's owners of an operation: it has begun, it has ended, these are the results.

Everything happens in the guest's own schema: its copy of the operation says what is to be told, due
events of its own outbox say when. Each is told once, by a mark on the copy, whatever comes twice.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import now as clock

from kernel.db import atomic_with_retry
from kernel.outbox.services import emit
from kernel.outbox.types import EventData, Handler
from operations.models import OperationState, ReceivedOperation
from operations.received import figures
from operations.words import pick
from partnerships.agreement import reading_minutes
from partnerships.models import Partnership, State
from partnerships.selectors import owners_of, partnerships_of
from tenants.context import current_tenant
from tenants.messaging.services import queue
from tenants.models import Tenant
from tenants.programme.dates import local

BEGUN_EVENT = "operations.received.begun"
OVER_EVENT = "operations.received.over"
RESULTS_EVENT = "operations.received.results"
# Whoever puts something online by mistake has this long; what ends meanwhile is told to nobody.
PATIENCE = timedelta(seconds=60)
# What was taken until the last second has arrived by the next morning.
MORNING = time(9, 0)


def plan(*, row: ReceivedOperation, now: datetime) -> None:
    """Have what this copy says of itself told when it is due; in the transaction that changed it.

    Who was never told of the beginning (a rehearsal, one that was taken back at once, an invitation
    to what had ended) is not told of the end.
    """
    payload = {"operation": str(row.id)}
    if row.begun_told_at is None:
        if row.state == OperationState.LIVE and not row.is_archived:
            due = max(row.starts_at or now, now) + PATIENCE
            emit(kind=BEGUN_EVENT, payload=payload, now=now, due_at=due)
    elif row.over_told_at is None and row.ends_at is not None:
        due = max(row.ends_at, now) + PATIENCE
        emit(kind=OVER_EVENT, payload=payload, now=now, due_at=due)


@atomic_with_retry
def begun(*, row_id: uuid.UUID, now: datetime) -> None:
    """It is online; nothing where it is not, or not yet: other dates brought another event."""
    row = _locked(row_id)
    if row is None or row.begun_told_at is not None or row.shown_state(now) != "live":
        return
    if _open(row) is None:
        return
    row.begun_told_at = now
    row.save(update_fields=["begun_told_at"])
    _tell(
        row,
        "partner_operation_begun",
        now,
        partnership=str(row.partnership_id),
        expires_at=row.last_moment.isoformat() if row.last_moment else None,
    )
    plan(row=row, now=now)


def standing_of(*, context: Mapping[str, Any]) -> dict[str, Any]:
    """Whose word on the agreement is missing, as the letter of the beginning leaves."""
    rows = partnerships_of(tenant_id=current_tenant().id).exclude(state=State.ENDED)
    row = rows.filter(id__in=[context["partnership"]] if "partnership" in context else ()).first()
    if row is None:
        return {"waits_for_you": False, "waits_for_brand": False}
    return {
        "waits_for_you": not row.i_accepted,
        "waits_for_brand": not row.they_accepted,
        "minutes": reading_minutes(row.agreement),
    }


@atomic_with_retry
def over(*, row_id: uuid.UUID, now: datetime) -> None:
    """It has ended; the results follow in the morning."""
    row = _locked(row_id)
    if row is None or row.begun_told_at is None or row.over_told_at is not None:
        return
    if row.shown_state(now) not in ("ended", "archived") or _open(row) is None:
        return
    row.over_told_at = now
    row.save(update_fields=["over_told_at"])
    due = _morning_after(row.ends_at or now)
    if due <= now:  # told late: after an outage, say
        due = _morning_after(now)
    _tell(row, "partner_operation_over", now, due_at=due.isoformat())
    emit(
        kind=RESULTS_EVENT,
        payload={"operation": str(row.id)},
        now=now,
        due_at=due,
        key=f"{RESULTS_EVENT}:{row.id}",
    )


@atomic_with_retry
def results(*, row_id: uuid.UUID, now: datetime) -> None:
    """What came of it for this brand: the figures of its own page, at this moment."""
    row = _locked(row_id)
    if row is None or row.over_told_at is None or row.results_told_at is not None:
        return
    if _open(row) is None:
        return
    row.results_told_at = now
    row.save(update_fields=["results_told_at"])
    total = figures.total(operation=row)
    _tell(
        row,
        "partner_operation_results",
        now,
        participants=total.participants,
        optins=total.optins,
        new_profiles=total.new_profiles,
        has_optins=total.optins > 0,
    )


def _locked(row_id: uuid.UUID) -> ReceivedOperation | None:
    return ReceivedOperation.objects.select_for_update(no_key=True).filter(id=row_id).first()


def _open(row: ReceivedOperation) -> Partnership | None:
    """The partnership, unless it is over: whoever left is told nothing more."""
    rows = Partnership.objects.exclude(state=State.ENDED)
    return rows.filter(id=row.partnership_id).first()


def _morning_after(moment: datetime) -> datetime:
    day = local(moment) + timedelta(days=1)
    return datetime.combine(day.date(), MORNING, tzinfo=day.tzinfo)


def _tell(row: ReceivedOperation, kind: str, now: datetime, **values: Any) -> None:
    found = Tenant.objects.filter(id=row.major_id).values_list("brand_color", flat=True)
    color = found.first() or ""
    for owner in owners_of(tenant_id=current_tenant().id):
        queue(
            kind=kind,
            to=owner.email,
            key=f"{kind}:{row.id}:{owner.pk}",
            context={
                "first_name": owner.first_name,
                "brand": row.major_name,
                "sender": row.major_name,
                "sender_color": color,
                "operation": pick(row.title, owner.language) or row.name,
                "path": reverse("operations:received_one", args=[row.public_id]),
                **values,
            },
            language=owner.language,
            now=now,
        )


def _begun(event: EventData) -> None:
    begun(row_id=uuid.UUID(event.payload["operation"]), now=clock())


def _over(event: EventData) -> None:
    over(row_id=uuid.UUID(event.payload["operation"]), now=clock())


def _results(event: EventData) -> None:
    results(row_id=uuid.UUID(event.payload["operation"]), now=clock())


HANDLERS: dict[str, Handler] = {
    BEGUN_EVENT: _begun,
    OVER_EVENT: _over,
    RESULTS_EVENT: _results,
}
