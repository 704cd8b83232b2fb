"""Rows as version 1 shows them: plain JSON values."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from api.v1 import present_checkout
from kernel.ids import public_id
from tenants.activity.models import Order
from tenants.programme.conductor import Outcome
from tenants.programme.decisions import Code
from tenants.programme.models import Decision, Reward
from tenants.programme.sentences import explain_referral
from tenants.referrals.models import OPEN_STATES, Referral

# What `order` reads, for lists: a fixed number of queries whatever their length.
ORDER_PARTS: tuple[Any, ...] = (
    "referrals__rewards",
    "points_used",
    Prefetch(
        "decisions",
        queryset=Decision.objects.filter(code=Code.POINTS_REFUSED),
        to_attr="points_refusals",
    ),
)


def time(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def fresh_order(row: Order) -> dict[str, Any]:
    """An order that was just written, with its parts read back."""
    prefetch_related_objects([row], *ORDER_PARTS)
    return order(row)


def outcome(made: Outcome) -> dict[str, Any]:
    """An order as the conductor left it: what was just written is not read back."""
    if not made.created or made.points is not None:
        return fresh_order(made.order)
    found = [made.referral] if made.referral else []
    for one in found:
        one._prefetched_objects_cache = {"rewards": list(made.rewards)}  # type: ignore[attr-defined]
    made.order._prefetched_objects_cache = {"referrals": found, "points_used": []}  # type: ignore[attr-defined]
    made.order.points_refusals = []  # type: ignore[attr-defined]
    return order(made.order)


def order(row: Order) -> dict[str, Any]:
    """An order, what it brought, and why (`shapes.ORDER_OUT`)."""
    found = _referral_of(row.referrals.all())
    rewards = sorted(found.rewards.all(), key=lambda reward: reward.id) if found else []
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "state": str(row.state),
        "amount": row.amount,
        "currency": row.currency,
        "refunded": row.refunded,
        "ordered_at": time(row.ordered_at),
        "test": row.is_test,
        "customer": {"id": public_id("cus", row.profile_id)},
        "referral": referral(found) if found else None,
        "rewards": [reward(one) for one in rewards],
        "points": present_checkout.points_of(
            row,
            holds=row.points_used.all(),
            refusals=row.points_refusals,  # type: ignore[attr-defined]
        ),
    }


def referral(row: Referral) -> dict[str, Any]:
    """A referral and the sentence that says where it stands."""
    return {
        "id": row.public_id,
        "state": str(row.state),
        "referrer": public_id("cus", row.referrer_id) if row.referrer_id else None,
        "refusal": row.refusal or None,
        "explanation": explain_referral(row, audience="merchant"),
    }


def reward(row: Reward) -> dict[str, Any]:
    """What one side was granted, and how much of it a refund took back."""
    return {
        "side": str(row.side),
        "amount": row.amount,
        "reversed": row.reversed,
        "unit": row.unit,
        "due_at": time(row.due_at) if row.due_at else None,
        "state": str(row.state),
    }


def _referral_of(rows: Iterable[Referral]) -> Referral | None:
    """The referral that counts, else the last one that was refused."""
    return max(rows, key=lambda row: (row.state in OPEN_STATES, row.created_at), default=None)
