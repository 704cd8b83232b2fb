"""Value that comes into a wallet: at once, or promised."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from kernel.ledger import balances, records
from kernel.ledger.accounts import lock_wallet, system_account_id
from kernel.ledger.models import AccountKind, Pending, Transfer, TransferKind


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


@atomic_with_retry
def issue_pending(
    *,
    owner_id: uuid.UUID,
    unit: str,
    amount: int,
    reason: str,
    source: str,
    key: str,
    now: datetime,
    due_at: datetime | None,
    expires_at: datetime | None = None,
) -> Transfer:
    """Promise a credit. It posts at `due_at`, or waits for somebody's word when that is None."""
    records.check_amount(amount)
    wallet = lock_wallet(owner_id=owner_id, unit=unit)
    kind = TransferKind.PENDING
    if earlier := records.replayed(key=key, kind=kind, amount=amount, wallet=wallet):
        return earlier
    transfer = records.write(
        debit_id=system_account_id(AccountKind.ISSUED, unit),
        credit_id=wallet.id,
        amount=amount,
        kind=kind,
        reason=reason,
        source=source,
        key=key,
        now=now,
        expires_at=expires_at,
    )
    Pending.objects.create(
        transfer=transfer, wallet=wallet, remaining=amount, incoming=True, due_at=due_at
    )
    wallet.pending_in += amount
    wallet.save(update_fields=["pending_in"])
    return transfer
