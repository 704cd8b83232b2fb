"""When the winning moments fall: decided by a seed, before anybody plays."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from kernel.db import atomic_with_retry, insert_if_absent
from operations.models import OperationModule, OperationPrize, WinningMoment, WinningPlan

_SLICE = 1_000


def moment(*, plan: WinningPlan, prize: OperationPrize, unit: int, begins_at: datetime) -> datetime:
    """The moment of one piece of a prize, evenly drawn between `begins_at` and the plan's end.

    The first 8 bytes of HMAC-SHA256(seed, "round:prize number:unit"), as a share of the time.
    """
    told = f"{plan.round}:{prize.number}:{unit}".encode()
    drawn = hmac.new(bytes.fromhex(plan.seed), told, hashlib.sha256).digest()
    whole = (plan.ends_at - begins_at) // timedelta(microseconds=1)
    return begins_at + timedelta(microseconds=int.from_bytes(drawn[:8], "big") * whole >> 64)


@atomic_with_retry
def draw(*, module: OperationModule, prizes: list[OperationPrize], now: datetime) -> None:
    """Draw the moments, in the transaction that goes live; again changes nothing.

    Where the operation has other dates than the plan, those that are still to come are drawn anew
    between now and the new end. What is open or won stays.
    """
    begins, ends = module.operation.starts_at, module.operation.ends_at
    if begins is None or ends is None:
        return
    WinningPlan.objects.bulk_create(
        [
            WinningPlan(
                module=module,
                seed=secrets.token_hex(32),
                # What would lie in the past would all be won by the first who come.
                begins_at=max(begins, now),
                ends_at=ends,
                drawn_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    plan = WinningPlan.objects.select_for_update().get(module=module)
    if plan.ends_at != ends or (now < begins and plan.begins_at != begins):
        _redraw(plan, max(begins, now), ends, now)
        return
    rows = [
        WinningMoment(
            module=module,
            prize=prize,
            unit=unit,
            at=moment(plan=plan, prize=prize, unit=unit, begins_at=plan.begins_at),
        )
        for prize in prizes
        for unit in range(1, prize.stock + 1)
    ]
    for start in range(0, len(rows), _SLICE):
        insert_if_absent(rows[start : start + _SLICE])


def _redraw(plan: WinningPlan, begins: datetime, ends: datetime, now: datetime) -> None:
    plan.begins_at, plan.ends_at, plan.drawn_at = begins, ends, now
    plan.round += 1
    plan.save(update_fields=["begins_at", "ends_at", "drawn_at", "round"])
    rows = list(
        WinningMoment.objects.filter(module_id=plan.module_id, participation=None, at__gt=now)
        .select_related("prize")
        .order_by("id")
        .select_for_update(of=("self",))
    )
    for row in rows:
        row.at = moment(plan=plan, prize=row.prize, unit=row.unit, begins_at=begins)
    WinningMoment.objects.bulk_update(rows, ["at"], batch_size=_SLICE)
