"""Sessions and invoices as version 1 shows them, with what they earned."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from api.v1.present import referral, time
from kernel.ids import public_id
from tenants.activity.models import Invoice, Session
from tenants.loyalty.models import Earning, FactKind
from tenants.referrals.models import OPEN_STATES, Referral

Earned = dict[uuid.UUID, Earning]


def sessions(rows: Sequence[Session]) -> list[dict[str, Any]]:
    """Sessions (with their types at hand) in a fixed number of queries."""
    earned = _earned(FactKind.SESSION, rows)
    found: dict[uuid.UUID, Referral] = {}
    brought = Referral.objects.filter(session__in=[row.id for row in rows])
    for one in brought.select_related("order").prefetch_related("rewards").order_by("created_at"):
        if one.session_id and (one.session_id not in found or one.state in OPEN_STATES):
            found[one.session_id] = one
    return [_session(row, earned.get(row.id), found.get(row.id)) for row in rows]


def session(row: Session) -> dict[str, Any]:
    """`fact_shapes.SESSION_OUT`."""
    return sessions([row])[0]


def invoices(rows: Sequence[Invoice]) -> list[dict[str, Any]]:
    """Invoices in one more query."""
    earned = _earned(FactKind.INVOICE, rows)
    return [_invoice(row, earned.get(row.id)) for row in rows]


def invoice(row: Invoice) -> dict[str, Any]:
    """`fact_shapes.INVOICE_OUT`."""
    return invoices([row])[0]


def _earned(kind: FactKind, rows: Iterable[Session | Invoice]) -> Earned:
    found = Earning.objects.filter(fact_kind=kind, fact_id__in=[row.id for row in rows])
    return {earning.fact_id: earning for earning in found}


def _session(row: Session, earning: Earning | None, brought: Referral | None) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "type": row.type.key,
        "state": str(row.state),
        "booked_at": time(row.booked_at),
        "takes_place_at": time(row.takes_place_at) if row.takes_place_at else None,
        "validated_at": time(row.validated_at) if row.validated_at else None,
        "cancelled_at": time(row.cancelled_at) if row.cancelled_at else None,
        "test": row.is_test,
        "customer": {"id": public_id("cus", row.profile_id)},
        "earned": _left(earning),
        "referral": referral(brought) if brought else None,
    }


def _invoice(row: Invoice, earning: Earning | None) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "label": row.label,
        "state": str(row.state),
        "total": row.total,
        "paid": row.paid,
        "currency": row.currency,
        "issued_at": time(row.issued_at),
        "paid_at": time(row.paid_at) if row.paid_at else None,
        "test": row.is_test,
        "customer": {"id": public_id("cus", row.profile_id)},
        "earned": _left(earning),
    }


def _left(earning: Earning | None) -> dict[str, Any] | None:
    if earning is None:
        return None
    return {"amount": earning.amount - earning.reversed, "unit": earning.unit}
