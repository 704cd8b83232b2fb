"""Which credits in the ledger stand behind the automatic points of a customer.

A fact's own credit comes first. What a recalculation added later lies in one credit for the whole
cagnotte, which stands behind all of its facts alike: what is taken back from a fact beyond its own
credits is taken from there. Together the credits always hold what the facts have earned, so that
whatever is taken from a fact is found.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from tenants.loyalty.models import Earning
from tenants.loyalty.recalculation.sql import Group

# The reason of the credits that a recalculation makes.
RECALCULATED = "recalculated"

# What is left of a credit to take back.
_LEFT = """
    credit.amount - COALESCE((
        SELECT SUM(undone.amount) FROM ledger_transfer AS undone
        WHERE undone.answers_id = credit.id AND undone.kind = 'reverse'), 0)
"""
_OWN = f"SELECT credit.id, {_LEFT} FROM ledger_transfer AS credit WHERE credit.id = ANY(%s)"  # noqa: S608
_ADDED = f"""
    SELECT credit.id, {_LEFT} FROM ledger_transfer AS credit
    WHERE credit.source = ANY(%s) AND credit.kind = 'posted' ORDER BY credit.id DESC
"""  # noqa: S608
_ADDED_BESIDE = f"""
    SELECT earning.transfer_id, credit.id, {_LEFT}
    FROM loyalty_earning AS earning
    JOIN ledger_transfer AS credit ON credit.source = 'earning:' || earning.id
    WHERE earning.transfer_id = ANY(%s) AND earning.profile_id = ANY(%s)
        AND credit.kind = 'posted' ORDER BY credit.id DESC
"""  # noqa: S608
# What was added to a cagnotte that was poured into this one since stands behind its facts as well.
_SHARED = f"""
    SELECT wallet.owner_id, credit.id, {_LEFT}
    FROM ledger_account AS wallet
    JOIN ledger_account AS part ON part.id = wallet.id OR part.merged_into_id = wallet.id
    JOIN ledger_transfer AS credit ON credit.credit_id = part.id
    WHERE wallet.kind = 'wallet' AND wallet.unit = %s AND wallet.owner_id = ANY(%s)
        AND credit.reason = %s AND credit.kind = 'posted' ORDER BY credit.id DESC
"""  # noqa: S608


def credits_behind(losing: Sequence[Group], *, unit: str) -> dict[uuid.UUID, int]:
    """How much to take back from each credit, so that each of these groups loses its part."""
    left: dict[uuid.UUID, int] = {}
    for transfer_id, amount in _fetch(_OWN, [[group.transfer_id for group in losing]]):
        left[transfer_id] = int(amount)
    taken: Counter[uuid.UUID] = Counter()
    short: list[tuple[Group, int]] = []
    for group in losing:
        rest = _take(-group.change, [group.transfer_id], left, taken)
        if rest:
            short.append((group, rest))
    if short:
        _take_from_others(short, unit, left, taken)
    return dict(taken)


def credits_of(*, earning: Earning) -> Iterator[tuple[uuid.UUID, int]]:
    """The credits behind one fact's points with what is left of each, in the order to take them."""
    own = _fetch(_ADDED, [[f"earning:{earning.id}"]])
    known = {number for number, _left in own}
    if earning.transfer_id not in known:
        own += _fetch(_OWN, [[earning.transfer_id]])
        known.add(earning.transfer_id)
    yield from ((number, int(left)) for number, left in own)
    shared = _fetch(_SHARED, [earning.unit, [earning.profile_id], RECALCULATED])
    yield from ((number, int(left)) for _owner, number, left in shared if number not in known)


def _take_from_others(
    short: Sequence[tuple[Group, int]],
    unit: str,
    left: dict[uuid.UUID, int],
    taken: Counter[uuid.UUID],
) -> None:
    others: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    people = [group.profile_id for group, _rest in short]
    beside = _fetch(_ADDED_BESIDE, [[group.transfer_id for group, _rest in short], people])
    rows = [*beside, *_fetch(_SHARED, [unit, people, RECALCULATED])]
    for owner, transfer_id, amount in rows:  # beside which credit, or whose: a customer's
        left.setdefault(transfer_id, int(amount))
        others[owner].append(transfer_id)
    for group, rest in short:
        owners = (group.transfer_id, group.profile_id)
        found = [number for owner in owners for number in others[owner]]
        if _take(rest, found, left, taken):
            raise AssertionError("the automatic points and their credits disagree")


def _take(
    amount: int,
    credits: Iterable[uuid.UUID | None],
    left: dict[uuid.UUID, int],
    taken: Counter[uuid.UUID],
) -> int:
    """Take `amount` from these credits, one after the other; returns what they did not hold."""
    for transfer_id in credits:
        part = min(left.get(transfer_id, 0), amount) if transfer_id else 0
        if transfer_id and part > 0:
            left[transfer_id] -= part
            taken[transfer_id] += part
            amount -= part
    return amount


def _fetch(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
