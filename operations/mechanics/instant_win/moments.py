"""When the winning moments fall: decided by a seed that is promised before anybody plays."""

import secrets
import uuid
from datetime import datetime

from kernel.db import atomic_with_retry, insert_if_absent
from operations.mechanics.instant_win.algorithm import Dates, moment
from operations.models import (
    OperationModule,
    OperationPrize,
    WinningMoment,
    WinningPlan,
    WinningRound,
)

_SLICE = 1_000


@atomic_with_retry
def draw(
    *,
    module: OperationModule,
    prizes: list[OperationPrize],
    now: datetime,
    author_id: uuid.UUID | None = None,
) -> None:
    """Draw the moments, in the transaction that goes live; again changes nothing.

    Where the operation has other dates than before, they are another round. Once it has begun no
    moment comes sooner: those beyond a nearer end stay there, a later end spreads what is to come.
    """
    begins, ends = module.operation.starts_at, module.operation.ends_at
    if begins is None or ends is None:
        return
    WinningPlan.objects.bulk_create(
        [
            WinningPlan(
                module=module,
                seed=secrets.token_hex(32),
                begins_at=begins,
                ends_at=ends,
                drawn_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    plan = WinningPlan.objects.select_for_update().get(module=module)
    rounds = list(plan.rounds.all())
    if not rounds:
        author = author_id if plan.drawn_at == now else None  # of who drew it before, none is known
        told = Dates(plan.round, plan.begins_at, plan.ends_at, plan.drawn_at)
        rounds = [_keep(plan, told, author)]
        _first(module, prizes, plan, rounds)
    last = rounds[-1]
    if last.ends_at != ends or (now < last.begins_at and last.begins_at != begins):
        rounds.append(_keep(plan, Dates(last.number + 1, begins, ends, now), author_id))
        _follow(plan, rounds, now)


def dates(rounds: list[WinningRound]) -> list[Dates]:
    return [Dates(one.number, one.begins_at, one.ends_at, one.changed_at) for one in rounds]


def _keep(plan: WinningPlan, told: Dates, author_id: uuid.UUID | None) -> WinningRound:
    return WinningRound.objects.create(plan=plan, changed_by=author_id, **told._asdict())


def _first(
    module: OperationModule,
    prizes: list[OperationPrize],
    plan: WinningPlan,
    rounds: list[WinningRound],
) -> None:
    told = dates(rounds)
    rows = [
        WinningMoment(
            module=module,
            prize=prize,
            unit=unit,
            at=moment(seed=plan.seed, rounds=told, prize=prize.number, unit=unit),
        )
        for prize in prizes
        for unit in range(1, prize.stock + 1)
    ]
    for start in range(0, len(rows), _SLICE):
        insert_if_absent(rows[start : start + _SLICE])


def _follow(plan: WinningPlan, rounds: list[WinningRound], now: datetime) -> None:
    """What is open or won stays; of the others each moment is worked out under all rounds."""
    told = dates(rounds)
    rows = list(
        WinningMoment.objects.filter(module_id=plan.module_id, participation=None, at__gt=now)
        .select_related("prize")
        .order_by("id")
        .select_for_update(of=("self",))
    )
    for row in rows:
        row.at = moment(seed=plan.seed, rounds=told, prize=row.prize.number, unit=row.unit)
    WinningMoment.objects.bulk_update(rows, ["at"], batch_size=_SLICE)
