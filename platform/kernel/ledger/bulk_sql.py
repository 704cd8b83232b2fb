"""The statements behind `bulk`. Values travel as arrays, so that each text stands still."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kernel.ledger.models import Account

CreditRow = tuple[uuid.UUID, uuid.UUID, int, str, str, str, datetime | None]
LotRow = tuple[uuid.UUID, uuid.UUID, int, datetime | None]
ReversalRow = tuple[uuid.UUID, uuid.UUID, int, str, str, str, uuid.UUID]

_INSERT_CREDITS = """
    INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, kind, answers_id,
                                 reason, source, key, expires_at, created_at)
    SELECT n.id, %s, n.wallet_id, n.amount, 'posted', NULL,
           n.reason, n.source, n.key, n.expires_at, %s
    FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                %s::timestamptz[])
        AS n (id, wallet_id, amount, reason, source, key, expires_at)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
"""
_INSERT_LOTS = """
    INSERT INTO ledger_lot (transfer_id, wallet_id, remaining, expires_at)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::timestamptz[])
"""
_UPDATE_CREDITED = """
    UPDATE ledger_account AS wallet
    SET posted = n.posted, earned = n.earned,
        overdraft = GREATEST(wallet.pending_out - n.posted, 0)
    FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS n (id, posted, earned)
    WHERE wallet.id = n.id
"""
_LOCK_WALLETS = """
    SELECT id FROM ledger_account WHERE kind = 'wallet' AND id IN (
        SELECT COALESCE(account.merged_into_id, account.id) FROM ledger_transfer AS transfer
        JOIN ledger_account AS account ON account.id = transfer.credit_id
        WHERE transfer.id = ANY(%s)
    ) ORDER BY id FOR UPDATE
"""
_KEYS = "SELECT key FROM ledger_transfer WHERE key = ANY(%s)"
_TARGETS = """
    SELECT target.id, target.amount, COALESCE(lot.remaining, 0),
           COALESCE((SELECT SUM(undone.amount) FROM ledger_transfer AS undone
                     WHERE undone.answers_id = target.id AND undone.kind = 'reverse'), 0),
           target.kind = 'posted' AND account.kind = 'wallet' AND lot.transfer_id IS NOT NULL
               AND account.merged_into_id IS NULL
    FROM ledger_transfer AS target
    JOIN ledger_account AS account ON account.id = target.credit_id
    LEFT JOIN ledger_lot AS lot ON lot.transfer_id = target.id
    WHERE target.id = ANY(%s)
"""
_NEW = """
    unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::uuid[])
        AS n (id, target_id, amount, reason, source, key, allocation_id)
"""
_INSERT_REVERSALS = f"""
    INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, kind, answers_id,
                                 reason, source, key, expires_at, created_at)
    SELECT n.id, target.credit_id, target.debit_id, n.amount, 'reverse', target.id,
           n.reason, n.source, n.key, NULL, %s
    FROM {_NEW} JOIN ledger_transfer AS target ON target.id = n.target_id
"""  # noqa: S608
_EMPTY_LOTS = """
    UPDATE ledger_lot AS lot SET remaining = lot.remaining - n.amount
    FROM unnest(%s::uuid[], %s::bigint[]) AS n (target_id, amount)
    WHERE lot.transfer_id = n.target_id
"""
_INSERT_ALLOCATIONS = """
    INSERT INTO ledger_allocation (id, spending_id, lot_id, amount, returned)
    SELECT n.id, n.spending_id, n.lot_id, n.amount, 0
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[])
        AS n (id, spending_id, lot_id, amount)
"""
_UPDATE_TAKEN = """
    UPDATE ledger_account AS wallet
    SET posted = wallet.posted - taken.amount, earned = wallet.earned - taken.amount,
        overdraft = GREATEST(
            wallet.overdraft, wallet.pending_out - (wallet.posted - taken.amount), 0)
    FROM (
        SELECT target.credit_id AS id, SUM(n.amount)::bigint AS amount
        FROM unnest(%s::uuid[], %s::bigint[]) AS n (target_id, amount)
        JOIN ledger_transfer AS target ON target.id = n.target_id
        GROUP BY target.credit_id
    ) AS taken
    WHERE wallet.id = taken.id
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A transfer that is to be undone; `plain` when it is a credit that was posted at once."""

    amount: int
    remaining: int
    reversed: int
    plain: bool


def insert_credits(
    rows: Sequence[CreditRow], *, origin: uuid.UUID, now: datetime
) -> set[uuid.UUID]:
    """Append posted credits; returns the ids of those whose key was free."""
    return {row[0] for row in _fetch(_INSERT_CREDITS, [origin, now, *_columns(rows, 7)])}


def insert_lots(rows: Sequence[LotRow]) -> None:
    """Open one lot for each credit."""
    _run(_INSERT_LOTS, _columns(rows, 4))


def update_credited(wallets: Iterable[Account]) -> None:
    """Write what locked wallets hold now, and what they have earned."""
    rows = [(wallet.id, wallet.posted, wallet.earned) for wallet in wallets]
    _run(_UPDATE_CREDITED, _columns(rows, 3))


def lock_wallets_of(transfer_ids: list[uuid.UUID]) -> None:
    """Lock the wallets that these transfers credited, in primary-key order."""
    _fetch(_LOCK_WALLETS, [transfer_ids])


def existing_keys(keys: list[str]) -> set[str]:
    """Which of these idempotency keys are taken."""
    return {row[0] for row in _fetch(_KEYS, [keys])}


def targets(transfer_ids: list[uuid.UUID]) -> dict[uuid.UUID, Target]:
    """What is left of each of these transfers. Their wallets are locked."""
    return {
        number: Target(amount, remaining, int(undone), bool(plain))
        for number, amount, remaining, undone, plain in _fetch(_TARGETS, [transfer_ids])
    }


def reverse_simple(rows: Sequence[ReversalRow], *, now: datetime) -> None:
    """Undo credits whose own lots hold enough: entries, lots, allocations, balances."""
    if not rows:
        return
    ids, target_ids, amounts, _reasons, _sources, _keys, allocation_ids = _columns(rows, 7)
    _run(_INSERT_REVERSALS, [now, *_columns(rows, 7)])
    _run(_EMPTY_LOTS, [target_ids, amounts])
    _run(_INSERT_ALLOCATIONS, [allocation_ids, ids, target_ids, amounts])
    _run(_UPDATE_TAKEN, [target_ids, amounts])


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    """Rows turned into `count` arrays."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]


def _run(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _fetch(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
