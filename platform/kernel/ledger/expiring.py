"""Value whose date has passed."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from kernel.ids import uuid7
from kernel.ledger import lots, records
from kernel.ledger.accounts import lock_account, system_account_id
from kernel.ledger.models import AccountKind, Lot, Transfer, TransferKind


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
