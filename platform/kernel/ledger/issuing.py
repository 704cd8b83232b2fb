"""Value that comes into a wallet: at once, or promised."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.db import atomic_with_retry, insert, insert_if_absent
from kernel.ledger import balances, records
from kernel.ledger.accounts import lock_wallet, lock_wallets, system_account_id
from kernel.ledger.errors import KeyReusedError
from kernel.ledger.models import Account, AccountKind, Pending, Transfer, TransferKind


@atomic_with_retry
def issue(
    *,
    owner_id: uuid.UUID,
    unit: str,
    amount: int,
    reason: str,
    source: str,
    key: str,
    now: datetime,
    expires_at: datetime | None = None,
    origin: AccountKind = AccountKind.ISSUED,
) -> Transfer:
    """Credit a wallet at once. A debt is paid first."""
    records.check_amount(amount)
    wallet = lock_wallet(owner_id=owner_id, unit=unit)
    kind = TransferKind.POSTED
    if earlier := records.replayed(key=key, kind=kind, amount=amount, wallet=wallet):
        return earlier
    transfer = records.write(
        debit_id=system_account_id(origin, unit),
        credit_id=wallet.id,
        amount=amount,
        kind=kind,
        reason=reason,
        source=source,
        key=key,
        now=now,
        expires_at=expires_at,
    )
    balances.credit(wallet, transfer, amount)
    return transfer


@dataclass(frozen=True, slots=True)
class Promise:
    """A credit to come: it posts at `due_at`, or waits for somebody's word when that is None."""

    owner_id: uuid.UUID
    amount: int
    reason: str
    source: str
    key: str
    due_at: datetime | None
    expires_at: datetime | None = None


@atomic_with_retry
def issue_pending(
    *, promises: Sequence[Promise], unit: str, now: datetime, of_new: bool = False
) -> list[Transfer]:
    """Promise credits to any number of wallets; returns their transfers in the same order.

    Five statements, however many promises. `of_new`: they are for what this transaction made, and
    keyed by it, so that none can have been promised before; a key that was is IntegrityError.
    """
    for promise in promises:
        records.check_amount(promise.amount)
    wallets = lock_wallets(owner_ids=[promise.owner_id for promise in promises], unit=unit)
    origin = system_account_id(AccountKind.ISSUED, unit)
    transfers = [
        Transfer(
            debit_id=origin,
            credit_id=wallets[promise.owner_id].id,
            amount=promise.amount,
            kind=TransferKind.PENDING,
            reason=promise.reason,
            source=promise.source,
            key=promise.key,
            expires_at=promise.expires_at,
            created_at=now,
        )
        for promise in promises
    ]
    if of_new:
        insert(transfers)
    inserted = {row.id for row in transfers} if of_new else insert_if_absent(transfers)
    fresh = [pair for pair in zip(promises, transfers, strict=True) if pair[1].id in inserted]
    insert(
        [
            Pending(
                transfer=transfer,
                wallet_id=transfer.credit_id,
                remaining=transfer.amount,
                incoming=True,
                due_at=promise.due_at,
            )
            for promise, transfer in fresh
        ]
    )
    promised: Counter[uuid.UUID] = Counter()
    for _, transfer in fresh:
        promised[transfer.credit_id] += transfer.amount
    balances.expect(promised)
    return [
        transfer if transfer.id in inserted else _made_before(promise, wallets[promise.owner_id])
        for promise, transfer in zip(promises, transfers, strict=True)
    ]


def _made_before(promise: Promise, wallet: Account) -> Transfer:
    earlier = records.replayed(
        key=promise.key, kind=TransferKind.PENDING, amount=promise.amount, wallet=wallet
    )
    if earlier is None:
        raise KeyReusedError
    return earlier
