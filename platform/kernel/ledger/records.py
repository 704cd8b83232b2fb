"""Writing transfer rows, once for each idempotency key."""

import uuid
from datetime import datetime

from kernel.ledger.errors import InvalidAmountError, KeyReusedError
from kernel.ledger.models import Account, Transfer, TransferKind


def check_amount(amount: int) -> None:
    """Raise InvalidAmountError unless `amount` is a whole number above zero."""
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise InvalidAmountError


def replayed(*, key: str, kind: TransferKind, amount: int, wallet: Account) -> Transfer | None:
    """The transfer that this key made before, or None. The caller holds the wallet's lock.

    Raises KeyReusedError when the key made something else.
    """
    existing = Transfer.objects.filter(key=key).first()
    if existing is None:
        return None
    same = existing.kind == kind and existing.amount == amount and _is_of(existing, wallet)
    if not same:
        raise KeyReusedError
    return existing


def _is_of(transfer: Transfer, wallet: Account) -> bool:
    """Whether it moved this wallet, or one that was merged into it since."""
    sides = (transfer.debit_id, transfer.credit_id)
    return wallet.id in sides or Account.objects.filter(id__in=sides, merged_into=wallet).exists()


def write(
    *,
    debit_id: uuid.UUID,
    credit_id: uuid.UUID,
    amount: int,
    kind: TransferKind,
    reason: str,
    source: str,
    key: str,
    now: datetime,
    answers: Transfer | None = None,
    expires_at: datetime | None = None,
) -> Transfer:
    """Append one transfer."""
    return Transfer.objects.create(
        debit_id=debit_id,
        credit_id=credit_id,
        amount=amount,
        kind=kind,
        answers=answers,
        reason=reason,
        source=source,
        key=key,
        expires_at=expires_at,
        created_at=now,
    )
