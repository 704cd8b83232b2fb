"""The record of a module's moments: what was promised, its dates, and afterwards all of it."""

from datetime import UTC, datetime
from typing import Any

from kernel.ids import public_id
from operations.mechanics.draw import algorithm as promises
from operations.mechanics.draw import signing
from operations.mechanics.instant_win import algorithm
from operations.models import WinningMoment, WinningPlan
from operations.words import pick
from tenants.context import current_tenant


def commitment(plan: WinningPlan) -> str:
    """What is shown from going live on: the SHA-256 of the seed, which is never chosen again."""
    return promises.commit(plan.seed)


def is_over(plan: WinningPlan, now: datetime) -> bool:
    """Whether nobody can win any more, so that the seed may be told."""
    return plan.module.operation.shown_state(now) in ("ended", "archived")


def document(plan: WinningPlan, *, now: datetime) -> dict[str, Any]:
    """The signed record; neither the seed nor a moment stands in it before the end.

    It names nobody: who won is the outside id of their participation.
    """
    over, operation = is_over(plan, now), plan.module.operation
    record = {
        "format": algorithm.FORMAT,
        "plan": plan.public_id,
        "organiser": current_tenant().name,
        "operation": {"id": operation.public_id, "name": operation.name},
        "commitment": {"sha256": commitment(plan), "published_at": _utc(plan.drawn_at)},
        "rounds": [
            {
                "number": one.number,
                "begins_at": _utc(one.begins_at),
                "ends_at": _utc(one.ends_at),
                "changed_at": _utc(one.changed_at),
            }
            for one in plan.rounds.all()
        ],
        "prizes": [
            {"number": prize.number, "name": pick(prize.name, "fr"), "stock": prize.stock}
            for prize in plan.module.prizes.all()
        ],
        "seed": plan.seed if over else "",
        "moments": _moments(plan) if over else [],
        "written_at": _utc(now),
        "how": {language: list(steps) for language, steps in algorithm.HOW.items()},
    }
    return {"record": record, "signature": signing.sign(record)}


def _moments(plan: WinningPlan) -> list[dict[str, Any]]:
    rows = WinningMoment.objects.filter(module=plan.module).order_by("at", "id")
    found = rows.values_list("prize__number", "unit", "at", "participation_id", "won_at")
    return [
        {
            "prize": prize,
            "unit": unit,
            "at": _utc(at),
            "participation": public_id("prc", winner) if winner else "",
            "won_at": _utc(won_at),
        }
        for prize, unit, at, winner, won_at in found.iterator(chunk_size=2_000)
    ]


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""
