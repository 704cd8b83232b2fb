"""Points that a basket holds: set aside once, changed in one step, used, or given back.

Locks are taken customer, hold, wallet, in this order. Whoever comes first under the hold's lock
decides: an order that arrives while the hold runs out uses it, or finds it given back.
"""

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, NotFoundError
from kernel.ids import parse_public_id, uuid7
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallet
from kernel.ledger.models import Transfer, TransferKind
from tenants.activity.models import Order
from tenants.loyalty import checkout, versions
from tenants.loyalty.models import CheckoutHold, HoldState, LoyaltyVersion
from tenants.profiles.models import Profile

# Long enough to pay with a bank's confirmation, short enough to give up a forgotten basket.
HOLD_TIME = timedelta(minutes=30)


class UnknownHoldError(NotFoundError):
    """No basket of this name holds points."""

    code = "unknown_points_hold"
    words = gettext_lazy("Aucun panier de ce nom ne retient de points.")


class HoldUsedError(ConflictError):
    """The points of this basket were used by its order."""

    code = "points_hold_used"
    words = gettext_lazy("Les points de ce panier ont déjà servi à sa commande.")


class HoldOfAnotherError(ConflictError):
    """This basket holds another customer's points."""

    code = "points_hold_of_another"
    words = gettext_lazy("Ce panier retient les points d’un autre client.")


def find(*, reference: str) -> CheckoutHold | None:
    """The hold of this `hld_…` id, or of this basket; not locked."""
    if "\0" in reference:
        return None
    number = parse_public_id("hld", reference)
    found = CheckoutHold.objects.filter(id=number).first() if number else None
    return found or CheckoutHold.objects.filter(external_id=reference).first()


def held_for(*, external_id: str, profile_id: uuid.UUID) -> int:
    """How many of this customer's points this very basket holds now."""
    rows = CheckoutHold.objects.filter(
        external_id=external_id, profile_id=profile_id, state=HoldState.HELD
    )
    return rows.values_list("points", flat=True).first() or 0


@atomic_with_retry
def hold(
    *, external_id: str, profile: Profile, amount: int, points: int, now: datetime
) -> tuple[CheckoutHold, bool]:
    """Set `points` of a locked customer's aside for a basket of `amount` cents.

    Returns (hold, is new). The same again changes nothing; other points or another amount
    replace what the basket held, in one step. Raises the errors of `checkout.check_points`,
    HoldUsedError, HoldOfAnotherError; what was held then stays held.
    """
    rule = versions.rule_for(profile_id=profile.id, at=now)
    if rule is None:
        raise checkout.CheckoutOffError
    row = _locked(external_id)
    if row is not None and row.state == HoldState.USED:
        raise HoldUsedError
    if row is not None and row.state == HoldState.HELD:
        if row.profile_id != profile.id:
            raise HoldOfAnotherError
        same = (row.points, row.basket_amount) == (points, amount)
        if same and now < row.expires_at:
            return row, False
        ledger.void(pending_id=row.transfer_id, reason="hold_replaced", now=now)
    wallet = lock_wallet(owner_id=profile.id, unit=rule.version.unit)
    most = checkout.usable(
        version=rule.version, member=rule.member, available=wallet.available, amount=amount
    )
    checkout.check_points(wanted=points, most=most, version=rule.version)
    fresh = _values(profile, rule.version, amount=amount, points=points, now=now)
    if row is None:
        row = CheckoutHold(external_id=external_id, transfer_id=uuid7(), **fresh)
        if not insert_if_absent([row]):
            # Another customer's request took this basket's name at this very moment.
            raise HoldOfAnotherError
        _set_aside(row, rule.version.unit, now)
        return row, True
    for name, value in fresh.items():
        setattr(row, name, value)
    _set_aside(row, rule.version.unit, now)
    return row, False


@atomic_with_retry
def release(*, reference: str, now: datetime) -> CheckoutHold:
    """Give a basket's points back to who they are of. Twice is once.

    Raises UnknownHoldError, and HoldUsedError once the order has come.
    """
    found = find(reference=reference)
    if found is None:
        raise UnknownHoldError
    row = CheckoutHold.objects.select_for_update().get(id=found.id)
    if row.state == HoldState.USED:
        raise HoldUsedError
    if row.state == HoldState.HELD:
        ledger.void(pending_id=row.transfer_id, reason="hold_released", now=now)
        _close(row, HoldState.RELEASED, now)
    return row


@atomic_with_retry
def expire(*, transfer_id: uuid.UUID, now: datetime) -> bool:
    """End the hold of a basket that was forgotten; False where this transfer is no basket's."""
    row = CheckoutHold.objects.select_for_update().filter(transfer_id=transfer_id).first()
    if row is None:
        return False
    if row.state == HoldState.HELD and row.expires_at <= now:
        ledger.void(
            pending_id=transfer_id, reason="hold_expired", now=now, kind=TransferKind.EXPIRE
        )
        _close(row, HoldState.RELEASED, now)
    return True


def lock(*, reference: str) -> CheckoutHold | None:
    """The hold that an order names, locked until the transaction ends."""
    found = find(reference=reference)
    if found is None:
        return None
    return CheckoutHold.objects.select_for_update().get(id=found.id)


def use(*, hold: CheckoutHold, order: Order, now: datetime) -> None:
    """The locked hold becomes a spending of this order."""
    ledger.post(pending_id=hold.transfer_id, now=now)
    hold.order = order
    _close(hold, HoldState.USED, now)


def used_by(*, order: Order) -> CheckoutHold | None:
    """The hold that this order used."""
    rows = CheckoutHold.objects.select_related("version")
    return rows.filter(order=order, state=HoldState.USED).first()


@atomic_with_retry
def give_back(*, hold: CheckoutHold, order: Order, source: str, now: datetime) -> int:
    """Give back what the order's refunds come to; returns how many points that is now.

    The caller holds the order's lock. `source` names the refund, and counts once.
    """
    due = checkout.returned(points=hold.points, refunded=order.refunded, amount=order.amount)
    answers = Transfer.objects.filter(answers_id=hold.transfer_id, kind=TransferKind.REVERSE)
    change = due - sum(answers.values_list("amount", flat=True))
    if change <= 0:
        return 0
    ledger.reverse(
        transfer_id=hold.transfer_id,
        amount=change,
        reason="points_returned",
        source=source,
        key=f"{source}:hold:{hold.id}",
        now=now,
    )
    return change


def _locked(external_id: str) -> CheckoutHold | None:
    return CheckoutHold.objects.select_for_update().filter(external_id=external_id).first()


def _values(
    profile: Profile, version: LoyaltyVersion, *, amount: int, points: int, now: datetime
) -> dict[str, object]:
    return {
        "profile": profile,
        "version": version,
        "points": points,
        "discount": checkout.worth(version=version, points=points),
        "basket_amount": amount,
        "state": HoldState.HELD,
        "created_at": now,
        "expires_at": now + HOLD_TIME,
        "closed_at": None,
    }


def _set_aside(row: CheckoutHold, unit: str, now: datetime) -> None:
    transfer = ledger.hold(
        owner_id=row.profile_id,
        unit=unit,
        amount=row.points,
        reason="checkout",
        source=f"hold:{row.id}",
        key=f"hold:{row.id}:{uuid7()}",
        now=now,
        due_at=row.expires_at,
    )
    row.transfer_id = transfer.id
    row.save()


def _close(row: CheckoutHold, state: HoldState, now: datetime) -> None:
    row.state = state
    row.closed_at = now
    row.save(update_fields=["state", "closed_at", "order"])
