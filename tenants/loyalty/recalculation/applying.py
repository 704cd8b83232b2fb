"""Carrying out what was counted: one group of cagnottes at a time, each group one transaction.

Every customer's row is locked as a new order or a refund locks it, then the cagnottes in the order
in which everybody locks them. Then what is due is worked out again, from the facts as they stand
at that moment, and written with a handful of statements. So a fact that arrives in between is
seen either before or after, and a step that dies leaves nothing half done.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallets
from tenants.loyalty.recalculation import backing, sql, writing
from tenants.loyalty.recalculation.models import Line, Run, RunKind
from tenants.loyalty.recalculation.sql import Group

# What one step takes on: facts, where one that must be undone by itself counts as several.
FACTS_A_STEP = 4_000
_SLOW = 10
MOST_LINES = 1_000

Expiry = Callable[[int | None], datetime | None]


@dataclass(slots=True)
class Change:
    """What was done to one customer's cagnotte."""

    line: Line
    amount: int = 0
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a step did; `busy` says how many were left for later."""

    changes: list[Change] = field(default_factory=list)
    busy: int = 0
    last: uuid.UUID | None = None


def next_lines(*, run: Run, after: uuid.UUID) -> list[Line]:
    """The next customers to work on, as many as fit one step."""
    open_lines = Line.objects.filter(run=run, applied__isnull=True, profile_id__gt=after)
    chosen: list[Line] = []
    weight = 0
    for line in open_lines.order_by("profile_id")[:MOST_LINES]:
        weight += line.facts * (_SLOW if line.debt else 1)
        if chosen and weight > FACTS_A_STEP:
            break
        chosen.append(line)
    return chosen


def apply(*, run: Run, lines: Sequence[Line], expiry: Expiry, now: datetime, wait: bool) -> Chunk:
    """Bring these customers' automatic points to what they should be."""
    if not lines:
        return Chunk()
    free = set(sql.lock_customers(profile_ids=[line.profile_id for line in lines], wait=wait))
    changes = {line.profile_id: Change(line) for line in lines if line.profile_id in free}
    found = sql.groups(run=run, profile_ids=list(changes))
    if found:
        _move(run, found, expiry, now)
    for group in found:
        changes[group.profile_id].amount += group.change
        changes[group.profile_id].facts += group.facts
    writing.note_done(changes.values())
    _count_done(run, changes.values())
    return Chunk(
        changes=list(changes.values()),
        busy=len(lines) - len(changes),
        last=lines[-1].profile_id,
    )


def _move(run: Run, found: Sequence[Group], expiry: Expiry, now: datetime) -> None:
    """Credit, note what each fact earns, then take back: so no debt is made that a credit pays."""
    people = sorted({group.profile_id for group in found})
    lock_wallets(owner_ids=people, unit=run.unit)
    source, reason = f"recalculation:{run.id}", _REASONS[RunKind(run.kind)]
    taken = backing.credits_behind([group for group in found if group.change < 0], unit=run.unit)
    credited = _credit(run, found, expiry, source=source, reason=reason, now=now)
    written = sql.write(run=run, profile_ids=people, credited=credited, now=now)
    if written != (sum(g.facts for g in found), sum(g.change for g in found)):
        raise AssertionError("somebody changed what this step had locked")
    ledger.reverse_many(
        reversals=[
            ledger.Reversal(
                transfer_id=transfer_id,
                amount=amount,
                reason=reason,
                source=source,
                key=f"{source}:{transfer_id}",
            )
            for transfer_id, amount in taken.items()
        ],
        now=now,
    )


_REASONS = {RunKind.RECALCULATE: "recalculated", RunKind.RESET: "points_reset"}


def _credit(
    run: Run,
    found: Iterable[Group],
    expiry: Expiry,
    *,
    source: str,
    reason: str,
    now: datetime,
) -> dict[tuple[uuid.UUID, int | None], uuid.UUID]:
    """One credit for each customer and term; returns the transfers by customer and months.

    The term runs from today: nobody could have spent what they did not have yet.
    """
    wanted = [(group.profile_id, group.months, group.change) for group in found if group.change > 0]
    made = ledger.issue_many(
        credits=[
            ledger.Credit(
                owner_id=profile_id,
                amount=amount,
                reason=reason,
                source=source,
                key=f"{source}:{profile_id}:{months or 'ever'}",
                expires_at=expiry(months),
            )
            for profile_id, months, amount in wanted
        ],
        unit=run.unit,
        now=now,
    )
    return {
        (profile_id, months): number
        for (profile_id, months, _amount), number in zip(wanted, made, strict=True)
    }


def _count_done(run: Run, changes: Iterable[Change]) -> None:
    for change in changes:
        run.changed += change.amount != 0
        run.credited += max(change.amount, 0)
        run.taken += max(-change.amount, 0)
        run.differing += change.amount != change.line.change
    run.save(update_fields=["changed", "credited", "taken", "differing"])
