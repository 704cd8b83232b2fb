"""Value that leaves a wallet: at once, or set aside."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from kernel.ledger import balances, records
from kernel.ledger.accounts import lock_wallet, system_account_id
from kernel.ledger.errors import InsufficientBalanceError
from kernel.ledger.models import Account, AccountKind, Pending, Transfer, TransferKind


@atomic_with_retry
def redeem(
    *,
    owner_id: uuid.UUID,
    unit: str,
    amount: int,
    reason: str,
    source: str,
    key: str,
    now: datetime,
    destination: AccountKind = AccountKind.REDEEMED,
) -> Transfer:
    """Spend from a wallet, soonest to expire first; InsufficientBalanceError when it cannot."""
    kind = TransferKind.POSTED
    wallet, earlier = _open(owner_id=owner_id, unit=unit, amount=amount, key=key, kind=kind)
    if earlier is not None:
        return earlier
    transfer = records.write(
        debit_id=wallet.id,
        credit_id=system_account_id(destination, unit),
        amount=amount,
        kind=kind,
        reason=reason,
        source=source,
        key=key,
        now=now,
    )
    balances.debit(wallet, transfer, amount)
    return transfer


@atomic_with_retry
def hold(
    *,
    owner_id: uuid.UUID,
    unit: str,
    amount: int,
    reason: str,
    source: str,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> Transfer:
    """Set an amount aside until `due_at`: `post` spends it, `void` gives it back."""
    kind = TransferKind.PENDING
    wallet, earlier = _open(owner_id=owner_id, unit=unit, amount=amount, key=key, kind=kind)
    if earlier is not None:
        return earlier
    transfer = records.write(
        debit_id=wallet.id,
        credit_id=system_account_id(AccountKind.REDEEMED, unit),
        amount=amount,
        kind=kind,
        reason=reason,
        source=source,
        key=key,
        now=now,
    )
    Pending.objects.create(
        transfer=transfer, wallet=wallet, remaining=amount, incoming=False, due_at=due_at
    )
    wallet.pending_out += amount
    wallet.save(update_fields=["pending_out"])
    return transfer


def _open(
    *, owner_id: uuid.UUID, unit: str, amount: int, key: str, kind: TransferKind
) -> tuple[Account, Transfer | None]:
    """The wallet, locked, and what this key did to it before; else it holds the amount."""
    records.check_amount(amount)
    wallet = lock_wallet(owner_id=owner_id, unit=unit)
    earlier = records.replayed(key=key, kind=kind, amount=amount, wallet=wallet)
    if earlier is None and wallet.available < amount:
        raise InsufficientBalanceError(available=wallet.available, wanted=amount)
    return wallet, earlier
