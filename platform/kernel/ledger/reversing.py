"""Undoing a transfer, whole or in part, by another that names it."""

import uuid
from datetime import datetime

from django.db.models import Sum

from kernel.db import atomic_with_retry
from kernel.ledger import balances, expiring, records
from kernel.ledger.accounts import lock_heir
from kernel.ledger.errors import (
    AlreadyResolvedError,
    ReversalTooLargeError,
    UnknownTransferError,
)
from kernel.ledger.models import OPENINGS, AccountKind, Pending, Transfer, TransferKind
from kernel.ledger.resolving import shrink


@atomic_with_retry
def reverse(
    *,
    transfer_id: uuid.UUID,
    amount: int,
    reason: str,
    source: str,
    key: str,
    now: datetime,
) -> Transfer:
    """Undo all or part of a transfer: posted or still pending, a credit or a spending.

    A credit that was spent already leaves the wallet below zero, as a debt; what has expired of it
    is not asked for a second time. Raises ReversalTooLargeError beyond what is left of the
    transfer.
    """
    records.check_amount(amount)
    target = Transfer.objects.select_related("debit", "credit").filter(id=transfer_id).first()
    if target is None or target.kind not in OPENINGS:
        raise UnknownTransferError
    incoming = target.credit.kind == AccountKind.WALLET
    wallet = lock_heir(account_id=target.credit_id if incoming else target.debit_id)
    kind = TransferKind.REVERSE
    if earlier := records.replayed(key=key, kind=kind, amount=amount, wallet=wallet):
        return earlier
    pending = Pending.objects.filter(transfer=target).first()
    posted = _posted_part(target)
    if pending is None and posted is None:
        raise AlreadyResolvedError
    if amount > target.amount - _reversed_amount(target):
        raise ReversalTooLargeError
    if incoming and posted is not None:
        expiring.undo_before_reversal(wallet, posted, amount, source=source, key=key, now=now)
    reversal = records.write(
        debit_id=wallet.id if incoming else target.credit_id,
        credit_id=target.debit_id if incoming else wallet.id,
        amount=amount,
        kind=kind,
        reason=reason,
        source=source,
        key=key,
        now=now,
        answers=target,
    )
    if pending is not None:
        shrink(pending, wallet, amount)
    elif incoming:
        balances.take_back(wallet, reversal, amount, first=posted)
    else:
        balances.give_back(wallet, reversal, amount, spending=posted, now=now)
    return reversal


def _posted_part(target: Transfer) -> Transfer | None:
    """The row that moved `target`'s amount for good: itself, or the post that answers it."""
    if target.kind == TransferKind.POSTED:
        return target
    return Transfer.objects.filter(answers=target, kind=TransferKind.POST).first()


def _reversed_amount(target: Transfer) -> int:
    rows = Transfer.objects.filter(answers=target, kind=TransferKind.REVERSE)
    return int(rows.aggregate(total=Sum("amount"))["total"] or 0)
