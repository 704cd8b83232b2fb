"""Writing down what each fact earns now, and what was done for each customer."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from kernel.ids import UUID7_SQL
from tenants.loyalty.recalculation.sql import Difference

if TYPE_CHECKING:
    from tenants.loyalty.recalculation.applying import Change

_ADD = f"""
    INSERT INTO loyalty_earning (id, profile_id, fact_kind, fact_id, occurred_at, version_id,
                                 amount, reversed, unit, transfer_id, created_at)
    SELECT {UUID7_SQL}, n.profile_id, n.kind, n.fact_id, n.at, n.version_id,
           n.gross, n.gross - n.net, %s, n.transfer_id, %s
    FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::timestamptz[], %s::uuid[], %s::bigint[],
                %s::bigint[], %s::uuid[])
        AS n (profile_id, kind, fact_id, at, version_id, gross, net, transfer_id)
"""  # noqa: S608
_CHANGE = """
    UPDATE loyalty_earning AS earning
    SET amount = n.gross, reversed = n.gross - n.net, version_id = n.version_id
    FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS n (id, version_id, gross, net, had_net)
    WHERE earning.id = n.id AND earning.amount - earning.reversed = n.had_net
"""
_DONE = """
    UPDATE loyalty_recalculation_line AS line
    SET applied = n.amount, applied_facts = n.facts
    FROM unnest(%s::uuid[], %s::bigint[], %s::integer[]) AS n (id, amount, facts)
    WHERE line.id = n.id
"""


def add_earnings(
    found: Iterable[Difference],
    *,
    credited: Mapping[tuple[uuid.UUID, int | None], uuid.UUID],
    unit: str,
    now: datetime,
) -> None:
    """A row for each fact that had earned nothing yet."""
    rows = [
        (
            one.profile_id,
            one.kind,
            one.fact_id,
            one.at,
            one.version_id,
            one.gross,
            one.net,
            credited[one.profile_id, one.expiry_months],
        )
        for one in found
        if one.earning_id is None
    ]
    if rows:
        _run(_ADD, [unit, now, *_columns(rows)], expected=len(rows))


def change_earnings(found: Iterable[Difference]) -> None:
    """The rows of facts that had earned something else."""
    rows = [
        (one.earning_id, one.version_id, one.gross, one.net, one.had_net)
        for one in found
        if one.earning_id is not None
    ]
    if rows:
        _run(_CHANGE, _columns(rows), expected=len(rows))


def note_done(changes: "Iterable[Change]") -> None:
    """What was done for each customer of this step."""
    rows = [(change.line.id, change.amount, change.facts) for change in changes]
    if rows:
        _run(_DONE, _columns(rows), expected=len(rows))


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _run(statement: str, values: list[Any], *, expected: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount != expected:
            raise AssertionError("somebody changed what this step had locked")
