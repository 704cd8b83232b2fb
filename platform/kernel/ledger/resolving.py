"""What becomes of a pending transfer: posted, voided, expired, or put off."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from kernel.ledger import balances, records
from kernel.ledger.accounts import lock_account
from kernel.ledger.errors import AlreadyResolvedError, UnknownTransferError
from kernel.ledger.models import Account, Pending, Transfer, TransferKind


@atomic_with_retry
def post(*, pending_id: uuid.UUID, now: datetime, expires_at: datetime | None = None) -> Transfer:
    """Make a pending transfer definitive, for what reversals have left of it.

    A credit can be spent until `expires_at`; without one, the promise's own date holds.
    """
    pending = _open_pending(pending_id)
    wallet, amount = pending.wallet, pending.remaining
    transfer = _answer(
        pending, TransferKind.POST, amount, pending.transfer.reason, now, expires_at=expires_at
    )
    if pending.incoming:
        wallet.pending_in -= amount
        balances.credit(wallet, transfer, amount)
    else:
        wallet.pending_out -= amount
        balances.debit(wallet, transfer, amount)
    pending.delete()
    return transfer


@atomic_with_retry
def void(
    *, pending_id: uuid.UUID, reason: str, now: datetime, kind: TransferKind = TransferKind.VOID
) -> Transfer:
    """Give up a pending transfer (`kind` EXPIRE when its time ran out)."""
    pending = _open_pending(pending_id)
    wallet, amount = pending.wallet, pending.remaining
    transfer = _answer(pending, kind, amount, reason, now)
    shrink(pending, wallet, amount)
    return transfer


@atomic_with_retry
def set_due(*, pending_id: uuid.UUID, due_at: datetime | None) -> None:
    """Say when an open pending transfer posts by itself."""
    pending = _open_pending(pending_id)
    pending.due_at = due_at
    pending.save(update_fields=["due_at"])


def _open_pending(pending_id: uuid.UUID) -> Pending:
    """The open pending transfer with its wallet locked, or the reason why there is none."""
    wallet_id = (
        Pending.objects.filter(transfer_id=pending_id).values_list("wallet_id", flat=True).first()
    )
    if wallet_id is not None:
        wallet = lock_account(account_id=wallet_id)
        pending = Pending.objects.select_related("transfer").filter(transfer_id=pending_id).first()
        if pending is not None:
            pending.wallet = wallet
            return pending
    if Transfer.objects.filter(id=pending_id, kind=TransferKind.PENDING).exists():
        raise AlreadyResolvedError
    raise UnknownTransferError


def _answer(
    pending: Pending,
    kind: TransferKind,
    amount: int,
    reason: str,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> Transfer:
    # The pending's own wallet, which is not the transfer's where wallets were merged since.
    named, wallet_id = pending.transfer, pending.wallet_id
    return records.write(
        debit_id=named.debit_id if pending.incoming else wallet_id,
        credit_id=wallet_id if pending.incoming else named.credit_id,
        amount=amount,
        kind=kind,
        reason=reason,
        source=named.source,
        key=f"{kind}:{named.id}",
        now=now,
        answers=named,
        expires_at=expires_at or named.expires_at,
    )


def shrink(pending: Pending, wallet: Account, amount: int) -> None:
    """Take `amount` off an open pending transfer; with nothing left it is closed."""
    if pending.incoming:
        wallet.pending_in -= amount
        wallet.save(update_fields=["pending_in"])
    else:
        wallet.pending_out -= amount
        wallet.overdraft = min(wallet.overdraft, max(wallet.pending_out - wallet.posted, 0))
        wallet.save(update_fields=["pending_out", "overdraft"])
    pending.remaining -= amount
    if pending.remaining:
        pending.save(update_fields=["remaining"])
    else:
        pending.delete()
