"""The operations that two brands run together, for their partnership's page and letters."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.urls import reverse

from billing.plans import Allowed
from kernel.ids import parse_public_id
from operations.models import Operation, ReceivedOperation
from operations.spans import span
from partnerships.figures import Joint
from partnerships.models import State
from partnerships.selectors import partnerships_of
from tenants.context import current_tenant
from tenants.features import is_on


def latest(*, partnership_id: uuid.UUID, most: int, now: datetime) -> list[Joint]:
    """`settings.PARTNER_JOINT`: those of one partnership, the last to begin first."""
    last = F("starts_at").desc(nulls_first=True)
    ours = _ours(partnership_id).order_by(last, "-id")[:most]
    received = ReceivedOperation.objects.filter(partnership_id=partnership_id, is_archived=False)
    theirs = received.order_by(last, "-id")[:most]
    found = [_joint(row, "operations:operation", now) for row in ours]
    return (found + [_joint(row, "operations:received_one", now) for row in theirs])[:most]


def next_of(*, context: Mapping[str, Any]) -> dict[str, Any]:
    """`settings.EMAIL_FACTS` of the letter that says that a partner agreed.

    While its reader has no operation with that partner, its button begins one.
    """
    number = parse_public_id("prt", str(context.get("partnership", "")))
    tenant = current_tenant()
    row = partnerships_of(tenant_id=tenant.id).filter(id=number).first() if number else None
    begins = (
        row is not None
        and row.state == State.ACTIVE
        and row.major_id == tenant.id
        and is_on(Allowed.MAJOR)
        and not _ours(row.id).exists()
    )
    if not begins or row is None:
        return {"new_operation": False}
    path = f"{reverse('operations:add')}?{urlencode({'partenaire': row.public_id})}"
    return {"new_operation": True, "path": path}


def _ours(partnership_id: uuid.UUID) -> QuerySet[Operation]:
    return Operation.objects.filter(
        modules__partners__partnership_id=partnership_id,
        modules__removed_at=None,
        archived_at=None,
    ).distinct()


def _joint(row: Operation | ReceivedOperation, page: str, now: datetime) -> Joint:
    return Joint(row.name, row.shown_state(now), span(row), reverse(page, args=[row.public_id]))
