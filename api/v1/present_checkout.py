"""Quotes, holds and what an order did with points, as version 1 shows them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from kernel.ids import public_id
from tenants.activity.models import Order
from tenants.addresses import absolute_url
from tenants.context import current_tenant
from tenants.loyalty import checkout
from tenants.loyalty.models import CheckoutHold
from tenants.profiles.models import Profile
from tenants.programme.conductor import Quote
from tenants.programme.models import Decision


def quote(made: Quote) -> dict[str, Any]:
    """`checkout_shapes.QUOTE_OUT`."""
    tenant, version = current_tenant(), made.version
    return {
        "customer": {"id": made.profile.public_id} if made.profile else None,
        "member": made.member,
        "joining_needed": made.joining_needed,
        "unit": version.unit if version else tenant.currency,
        "available": made.available,
        "earns": made.earns,
        "usable": {
            "points": made.most.points,
            "discount": made.most.discount,
            "earns": made.earns_after,
            "reason": made.most.reason or None,
            "line": made.line,
        },
        "minimum_order": version.minimum_order if version else 0,
        "explanation_url": absolute_url(tenant, reverse("widgets:programme")),
    }


def hold(row: CheckoutHold) -> dict[str, Any]:
    """`checkout_shapes.HOLD_OUT`."""
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "state": str(row.state),
        "points": row.points,
        "unit": row.version.unit,
        "discount": row.discount,
        "expires_at": row.expires_at.isoformat().replace("+00:00", "Z"),
        "line": checkout.line(version=row.version, points=row.points),
    }


def member(profile: Profile) -> dict[str, Any]:
    """`checkout_shapes.MEMBER_OUT`."""
    return {"customer": {"id": profile.public_id}, "member": True}


def points_of(
    order: Order, *, holds: Iterable[CheckoutHold], refusals: Iterable[Decision]
) -> dict[str, Any] | None:
    """What became of the points that an order named; None where it named none."""
    for row in holds:
        back = checkout.returned(points=row.points, refunded=order.refunded, amount=order.amount)
        return {
            "hold": public_id("hld", row.id),
            "used": row.points,
            "discount": row.discount,
            "returned": back if order.refunded else 0,
            "refusal": None,
        }
    for decision in refusals:
        return {
            "hold": decision.facts.get("hold"),
            "used": 0,
            "discount": 0,
            "returned": 0,
            "refusal": str(decision.facts.get("reason", "")),
        }
    return None
