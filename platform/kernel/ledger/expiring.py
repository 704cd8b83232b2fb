"""Value whose date has passed."""

import uuid
from datetime import datetime

from django.db.models import F

from kernel.db import atomic_with_retry
from kernel.ids import uuid7
from kernel.ledger import balances, lots, records
from kernel.ledger.accounts import lock_account, system_account_id
from kernel.ledger.models import Account, AccountKind, Allocation, Lot, Transfer, TransferKind


@atomic_with_retry
def expire_lot(*, lot_id: uuid.UUID, now: datetime) -> Transfer | None:
    """Take what is left of a credit whose date has passed; None when there is nothing to take.

    What is held stays: nothing is taken from under an open checkout.
    """
    wallet_id = Lot.objects.values_list("wallet_id", flat=True).get(transfer_id=lot_id)
    wallet = lock_account(account_id=wallet_id)
    lot = Lot.objects.select_related("transfer").get(transfer_id=lot_id)
    amount = min(lot.remaining, wallet.available)
    if amount == 0 or lot.expires_at is None or lot.expires_at > now:
        return None
    transfer = records.write(
        debit_id=wallet.id,
        credit_id=system_account_id(AccountKind.EXPIRED, wallet.unit),
        amount=amount,
        kind=TransferKind.POSTED,
        reason="expired",
        source=f"transfer:{lot.transfer_id}",
        key=f"expire:{lot.transfer_id}:{uuid7()}",
        now=now,
    )
    wallet.posted -= amount
    wallet.save(update_fields=["posted"])
    lots.take(wallet=wallet, spending=transfer, amount=amount, first=lot.transfer)
    return transfer


def undo_before_reversal(
    wallet: Account, credit: Transfer, amount: int, *, source: str, key: str, now: datetime
) -> None:
    """Give back what expired of `credit`, as far as a reversal of `amount` needs it.

    What has expired is gone from the wallet already. A reversal that took it once more would
    make a debt of value that nobody ever spent. So the reversal takes what is left of the credit,
    then what had expired of it, and only then what was spent. The caller holds the wallet's lock
    and reverses the credit next: the books show the expiry undone and the whole credit reversed.
    """
    missing = amount - Lot.objects.values_list("remaining", flat=True).get(transfer=credit)
    if missing <= 0:
        return
    gone = (
        Allocation.objects.filter(
            lot_id=credit.id,
            amount__gt=F("returned"),
            spending__credit_id=system_account_id(AccountKind.EXPIRED, wallet.unit),
        )
        .select_related("spending", "lot")
        .order_by("-spending_id")
    )
    for allocation in gone:
        part = min(allocation.amount - allocation.returned, missing)
        if part == 0:
            break
        expiry = allocation.spending
        records.write(
            debit_id=expiry.credit_id,
            credit_id=wallet.id,
            amount=part,
            kind=TransferKind.REVERSE,
            reason="expiry_undone",
            source=source,
            key=f"{key}:expiry:{expiry.id}"[:160],
            now=now,
            answers=expiry,
        )
        balances.give_back_expired(wallet, allocation, part)
        missing -= part
