"""Many wallets in one go: the same entries as one by one, in a handful of statements.

For work that moves thousands of wallets, in chunks that the caller chooses: everything of one
call is held in memory, and its wallets stay locked until the transaction ends.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.db import atomic_with_retry
from kernel.ids import uuid7
from kernel.ledger import bulk_sql as sql
from kernel.ledger import records
from kernel.ledger.accounts import lock_wallets, system_account_id
from kernel.ledger.errors import KeyReusedError, ReversalTooLargeError, UnknownTransferError
from kernel.ledger.models import AccountKind, Transfer, TransferKind
from kernel.ledger.reversing import reverse


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit that `issue_many` posts at once: the arguments of `issue`."""

    owner_id: uuid.UUID
    amount: int
    reason: str
    source: str
    key: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """What `reverse_many` undoes of one credit: the arguments of `reverse`."""

    transfer_id: uuid.UUID
    amount: int
    reason: str
    source: str
    key: str


@atomic_with_retry
def issue_many(
    *,
    credits: Sequence[Credit],
    unit: str,
    now: datetime,
    origin: AccountKind = AccountKind.ISSUED,
) -> list[uuid.UUID]:
    """Credit any number of wallets at once; returns the transfers' ids in the same order.

    A debt is paid first, and a key that was used for the same credit answers that one again.
    Five statements, however many credits.
    """
    for credit in credits:
        records.check_amount(credit.amount)
    if not credits:
        return []
    wallets = lock_wallets(owner_ids=[credit.owner_id for credit in credits], unit=unit)
    ids = [uuid7() for _ in credits]
    rows = [
        (number, wallets[c.owner_id].id, c.amount, c.reason, c.source, c.key, c.expires_at)
        for number, c in zip(ids, credits, strict=True)
    ]
    fresh = sql.insert_credits(rows, origin=system_account_id(origin, unit), now=now)
    lots = []
    for number, credit in zip(ids, credits, strict=True):
        if number not in fresh:
            continue
        wallet = wallets[credit.owner_id]
        before = wallet.posted
        wallet.posted += credit.amount
        wallet.earned += credit.amount
        gained = max(wallet.posted, 0) - max(before, 0)
        lots.append((number, wallet.id, gained, credit.expires_at))
    sql.insert_lots(lots)
    changed = {wallets[c.owner_id].id for n, c in zip(ids, credits, strict=True) if n in fresh}
    sql.update_credited([wallet for wallet in wallets.values() if wallet.id in changed])
    if len(fresh) == len(credits):
        return ids
    earlier = _made_before([c for n, c in zip(ids, credits, strict=True) if n not in fresh])
    return [
        number if number in fresh else _same(earlier[c.key], c, wallets[c.owner_id].id)
        for number, c in zip(ids, credits, strict=True)
    ]


def _made_before(credits: Sequence[Credit]) -> dict[str, Transfer]:
    keys = [credit.key for credit in credits]
    return {row.key: row for row in Transfer.objects.filter(key__in=keys)}


def _same(earlier: Transfer, credit: Credit, wallet_id: uuid.UUID) -> uuid.UUID:
    """The id of a transfer that this credit made before, or KeyReusedError."""
    same = (earlier.kind, earlier.amount, earlier.credit_id)
    if same != (TransferKind.POSTED, credit.amount, wallet_id):
        raise KeyReusedError
    return earlier.id


@atomic_with_retry
def reverse_many(*, reversals: Sequence[Reversal], now: datetime) -> int:
    """Undo all or part of many credits; returns how many had to be undone one by one.

    Where a credit's own lot still holds what is taken, all of them go in a handful of statements.
    The others (spent, expired, pending) go through `reverse`, after these: what was spent is debt.
    Raises what `reverse` raises.
    """
    for one in reversals:
        records.check_amount(one.amount)
    if not reversals:
        return 0
    sql.lock_wallets_of([one.transfer_id for one in reversals])
    done = sql.existing_keys([one.key for one in reversals])
    targets = sql.targets([one.transfer_id for one in reversals])
    times = Counter(one.transfer_id for one in reversals)
    simple: list[Reversal] = []
    others: list[Reversal] = []
    for one in reversals:
        target = targets.get(one.transfer_id)
        if target is None:
            raise UnknownTransferError
        plain = target.plain and times[one.transfer_id] == 1 and one.key not in done
        if plain and one.amount > target.amount - target.reversed:
            raise ReversalTooLargeError
        (simple if plain and target.remaining >= one.amount else others).append(one)
    sql.reverse_simple(
        [
            (uuid7(), one.transfer_id, one.amount, one.reason, one.source, one.key, uuid7())
            for one in simple
        ],
        now=now,
    )
    for one in others:
        reverse(
            transfer_id=one.transfer_id,
            amount=one.amount,
            reason=one.reason,
            source=one.source,
            key=one.key,
            now=now,
        )
    return len(others)
