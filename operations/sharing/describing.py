"""Telling a partner of an operation: its name, its dates, and what of it concerns that partner."""

import hashlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import override

from kernel.db import atomic_with_retry
from kernel.outbox.services import Draft, emit, emit_all
from operations import fields, optins
from operations.models import Announcement, Operation, OperationModule, Share
from operations.received import taking
from operations.received.shapes import Description
from operations.words import LANGUAGES, pick
from partnerships.crossing import Why, enter_partner
from partnerships.models import Origin, Partnership, State
from tenants.addresses import absolute_url
from tenants.context import current_tenant
from tenants.models import TenantState

DESCRIBE_EVENT = "operations.describe"
# A partner for whom something waits (suspended, or the agreement is not signed) is asked for again.
RESUME_EVENT = "operations.resume"
PATIENCE = timedelta(minutes=5)


def announce(*, operation_id: uuid.UUID, now: datetime) -> None:
    """Have every partner told what an operation is now, each by an event of its own."""
    known = set(
        OperationModule.objects.filter(
            operation_id=operation_id, partners__isnull=False
        ).values_list("partners__partnership_id", flat=True)
    )
    told = Announcement.objects.filter(operation_id=operation_id)
    known |= set(told.values_list("partnership_id", flat=True))
    payload = {"operation": str(operation_id)}
    emit_all(
        drafts=[
            Draft(kind=DESCRIBE_EVENT, payload={**payload, "partnership": str(number)})
            for number in sorted(known)
        ],
        now=now,
    )


def announce_all(*, partnership_id: uuid.UUID, now: datetime) -> None:
    """Have one partner told of every operation that names it."""
    named = Operation.objects.filter(
        modules__partners__partnership_id=partnership_id, modules__removed_at=None
    )
    emit_all(
        drafts=[
            Draft(
                kind=DESCRIBE_EVENT,
                payload={"operation": str(number), "partnership": str(partnership_id)},
            )
            for number in sorted(set(named.values_list("id", flat=True)))
        ],
        now=now,
    )


@atomic_with_retry
def tell(*, operation_id: uuid.UUID, partnership_id: uuid.UUID, now: datetime) -> bool:
    """Bring one partner's copy up to date; False where that has to wait, or will never be.

    The operation's row is locked, so that an older version never overwrites a newer one.
    """
    row = partnership_of(partnership_id)
    if row is None or row.minor_id is None or row.state == State.ENDED:
        return False
    if not _may_know(row):
        wait(partnership_id=partnership_id, now=now)
        return False
    operation = Operation.objects.select_for_update(no_key=True).filter(id=operation_id).first()
    if operation is None:
        return False
    description = description_of(operation=operation, partnership=row)
    told = Announcement.objects.filter(operation=operation, partnership_id=partnership_id).first()
    if told is not None and (told.version, told.tenant_id) == (description.version, row.minor_id):
        return True
    with enter_partner(
        partnership=row,
        to=row.minor_id,
        why=Why.DESCRIBE,
        subject=operation.public_id,
        now=now,
    ):
        taking.describe(description=description, now=now)
    Announcement.objects.update_or_create(
        operation=operation,
        partnership_id=partnership_id,
        defaults={"version": description.version, "tenant_id": row.minor_id, "told_at": now},
    )
    return True


def wait(*, partnership_id: uuid.UUID, now: datetime) -> None:
    """Come back to a partner in some minutes: one event for each partner and span of time."""
    span = int(PATIENCE.total_seconds())
    turn = int(now.timestamp()) // span + 1
    emit(
        kind=RESUME_EVENT,
        payload={"partnership": str(partnership_id)},
        now=now,
        due_at=datetime.fromtimestamp(turn * span, tz=now.tzinfo),
        key=f"{RESUME_EVENT}:{partnership_id}:{turn}",
    )


def partnership_of(
    partnership_id: uuid.UUID, *, lock: bool = False, patient: bool = True
) -> Partnership | None:
    """A partnership in which the current merchant is the major; None for any other (R23).

    Without patience, None as well where somebody else has locked it.
    """
    rows = Partnership.objects.select_related("major", "minor")
    if lock:
        # Nobody ends it while something is under way; other rows may go on naming it.
        rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=not patient)
    mine = rows.filter(id=partnership_id, major_id=current_tenant().id)
    found: Partnership | None = mine.first()
    if found is not None and found.minor_id != (found.minor.id if found.minor else None):
        # Somebody took the place while the lock was waited for: what was joined is of before.
        found = Partnership.objects.select_related("major", "minor").get(id=found.id)
    return found


def know_the_office(row: Partnership) -> None:
    """Have the major's own counts name the back office with which a partner joined.

    A yes names whom it was given to. So does the row of a module: another one in its place is
    the major's to confirm (`operations.parties`).
    """
    if row.minor is not None:
        named = Q(partnership_id=row.id) & ~Q(partner_tenant_id=row.minor.id)
        Share.objects.filter(named, consent=None).update(partner_tenant_id=row.minor.id)


def _may_know(row: Partnership) -> bool:
    """A brand that was named by its code agrees before anything of ours lies in its back office;
    one whose back office was made for this finds the operation there (PA-14).
    """
    if row.minor is None or row.minor.state != TenantState.ACTIVE:
        return False
    made_for_it = row.state == State.PROPOSED and row.origin == Origin.DETAILS
    return row.state == State.ACTIVE or made_for_it


def description_of(*, operation: Operation, partnership: Partnership) -> Description:
    """The copy for one partner: the modules in which it takes part, and no others."""
    major = current_tenant()
    modules = [
        _module(module, partnership)
        for module in operation.modules.filter(
            removed_at=None, partners__partnership_id=partnership.id
        ).prefetch_related("partners")
    ]
    values: dict[str, Any] = {
        "major_name": major.name,
        # What the merchant calls it among themselves is nobody else's.
        "name": pick(operation.title, major.language) or operation.name,
        "title": operation.title,
        "subtitle": operation.subtitle,
        "state": str(operation.state),
        "is_archived": operation.archived_at is not None,
        "starts_at": operation.starts_at,
        "ends_at": operation.ends_at,
        "page_url": absolute_url(major, f"/o/{operation.slug}"),
        "modules": modules,
    }
    told = json.dumps(values, sort_keys=True, cls=DjangoJSONEncoder)
    return Description(
        operation_id=operation.id,
        partnership_id=partnership.id,
        major_id=major.id,
        values=values,
        version=hashlib.sha256(told.encode()).hexdigest(),
    )


def _module(module: OperationModule, partnership: Partnership) -> dict[str, Any]:
    optins.as_if_agreed(module)  # a brand reads what people will be asked before it agrees
    going = set(fields.going_to(module, partnership.id))
    key = str(partnership.id)
    boxes = {
        language: next(
            (box for box in optins.offered(module, language=language) if box.key == key), None
        )
        for language in LANGUAGES
    }
    labels: dict[str, dict[str, str]] = {name: {} for name in going}
    for language in LANGUAGES:
        with override(language):
            for field in fields.asked(module, language=language):
                if field.name in going:
                    labels[field.name][language] = field.label
    first = next((box for box in boxes.values() if box is not None), None)
    return {
        "id": str(module.id),
        "kind": module.kind,
        "title": module.title,
        "fields": [{"name": name, "label": labels[name]} for name in sorted(going)],
        "asks_optin": first is not None,
        "optin_text": {code: box.text for code, box in boxes.items() if box is not None},
        "policy_url": first.policy_url if first is not None else "",
        "double_optin": module.double_optin,
    }


def unannounced(*, partnership: Partnership, shares: list[Share]) -> set[uuid.UUID]:
    """The operations of these shares of which their partner was never told."""
    operations = {share.participation.operation_id for share in shares}
    told = Announcement.objects.filter(
        partnership_id=partnership.id,
        tenant_id=partnership.minor_id,
        operation_id__in=operations,
    )
    return operations - set(told.values_list("operation_id", flat=True))
