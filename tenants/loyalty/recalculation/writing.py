"""Writing down what was done for each customer."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from tenants.loyalty.recalculation.applying import Change

_DONE = """
    UPDATE loyalty_recalculation_line AS line
    SET applied = n.amount, applied_facts = n.facts
    FROM unnest(%s::uuid[], %s::bigint[], %s::integer[]) AS n (id, amount, facts)
    WHERE line.id = n.id
"""


def note_done(changes: "Iterable[Change]") -> None:
    """What was done for each customer of this step."""
    rows = [(change.line.id, change.amount, change.facts) for change in changes]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_DONE, [list(column) for column in zip(*rows, strict=True)])
