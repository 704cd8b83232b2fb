"""Points at checkout, once the order is there: it uses what its basket held, and gives it back.

An order's `amount` is what was paid, the discount of points taken off: it earns on that amount,
and its refunds are measured against it. An order stands whatever becomes of its points.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kernel.db import insert
from tenants.activity.models import Order
from tenants.activity.types import OrderInput
from tenants.features import Feature, is_on
from tenants.loyalty import checkout_holds, membership
from tenants.loyalty.membership import JoinedBy
from tenants.loyalty.models import CheckoutHold, HoldState
from tenants.profiles.models import Profile
from tenants.programme import decisions
from tenants.programme.conduct.reasons import Refusal
from tenants.programme.decisions import Code
from tenants.programme.models import Decision


@dataclass(frozen=True, slots=True)
class Claim:
    """What an order's word on held points comes to: a locked hold to use, or why there is none.

    `again` says that all was settled when the same order came before.
    """

    hold: CheckoutHold | None = None
    refusal: str = ""
    again: bool = False


def join_and_claim(
    *, order: OrderInput, row: Order, profile: Profile, now: datetime
) -> Claim | None:
    """Before the order grants anything: who ticked the box joins, and the hold is locked.

    Early, because wallets are locked after it. None where the order names no hold. Only a
    trusted source may do either.
    """
    if not order.source.trusted:
        return None
    if order.join_loyalty and not order.is_test and is_on(Feature.LOYALTY):
        membership.join(profile_id=profile.id, source=JoinedBy.CHECKOUT, now=now)
    if not order.points_hold:
        return None
    hold = checkout_holds.lock(reference=order.points_hold)
    if hold is not None and hold.state == HoldState.USED and hold.order_id == row.id:
        return Claim(hold=hold, again=True)
    return Claim(hold=hold, refusal=_refusal(order, row, profile, hold))


def _refusal(order: OrderInput, row: Order, profile: Profile, hold: CheckoutHold | None) -> str:
    if hold is None:
        return Refusal.UNKNOWN
    if order.is_test or row.is_test:
        return Refusal.TEST
    if hold.profile_id != profile.id:
        return Refusal.ANOTHER_CUSTOMER
    if hold.state != HoldState.HELD:
        used = hold.state == HoldState.USED
        return Refusal.USED_ELSEWHERE if used else Refusal.RELEASED
    if row.refunded:
        return Refusal.REFUNDED
    return Refusal.ALREADY if checkout_holds.used_by(order=row) else ""


def spend(*, claim: Claim | None, order: Order, profile: Profile, now: datetime) -> Claim | None:
    """The order stands: its held points are spent, or the merchant reads why they are not."""
    if claim is None or claim.again:
        return claim
    if claim.refusal or claim.hold is None:
        return _refused(claim, order, profile, now)
    hold = claim.hold
    checkout_holds.use(hold=hold, order=order, now=now)
    insert([_decision(Code.POINTS_USED, hold, order, profile, now, amount=hold.points)])
    return claim


def _refused(claim: Claim, order: Order, profile: Profile, now: datetime) -> Claim:
    told = order.decisions.filter(code=Code.POINTS_REFUSED, facts__reason=claim.refusal)
    if not told.exists():
        amount = claim.hold.points if claim.hold else 0
        decision = _decision(Code.POINTS_REFUSED, claim.hold, order, profile, now, amount=amount)
        decision.facts["reason"] = claim.refusal
        insert([decision])
    return replace(claim, hold=None)


def give_points_back(*, order: Order, profile: Profile, source: str, now: datetime) -> None:
    """An order was refunded, in whole or in part: the points it used go back in proportion."""
    hold = checkout_holds.used_by(order=order)
    if hold is None:
        return
    given = checkout_holds.give_back(hold=hold, order=order, source=source, now=now)
    if given:
        insert([_decision(Code.POINTS_RETURNED, hold, order, profile, now, amount=given)])


def _decision(
    code: str,
    hold: CheckoutHold | None,
    order: Order,
    profile: Profile,
    now: datetime,
    *,
    amount: int,
) -> Decision:
    facts: dict[str, Any] = {"number": order.external_id}
    if hold is not None:
        facts |= {"hold": hold.public_id, "cents": hold.discount}
    return decisions.build(
        code=code,
        now=now,
        profile=profile,
        order=order,
        amount=amount,
        unit=hold.version.unit if hold else "",
        **facts,
    )
