"""Two owners turn out to be one: the wallets of one are poured into the other's.

Transfers are never edited, so the old wallet stays, empty for ever, and names its heir. Whatever
is done later to an old transfer (a refund, a promise that falls due) is written on the heir. The
lots move with their dates, and so do open promises and holds.
"""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from kernel.ledger import lots, records
from kernel.ledger.accounts import lock_wallets
from kernel.ledger.models import Account, AccountKind, Lot, Pending, Transfer, TransferKind

REASON = "merged"


@atomic_with_retry
def merge(*, from_owner: uuid.UUID, into_owner: uuid.UUID, source: str, now: datetime) -> None:
    """Pour every wallet of `from_owner` into that of `into_owner`; a second time changes nothing.

    A debt goes along: what one owes is paid by what the other holds.
    """
    mine = Account.objects.filter(kind=AccountKind.WALLET, owner_id=from_owner)
    units = mine.filter(merged_into__isnull=True).values_list("unit", flat=True)
    for unit in sorted(units):
        wallets = lock_wallets(owner_ids=[from_owner, into_owner], unit=unit)
        old, heir = wallets[from_owner], wallets[into_owner]
        if old.merged_into_id is None:
            _pour(old, heir, source=source, now=now)


def _pour(old: Account, heir: Account, *, source: str, now: datetime) -> None:
    moved, before = old.posted, heir.posted
    Lot.objects.filter(wallet=old).update(wallet=heir)
    Pending.objects.filter(wallet=old).update(wallet=heir)
    Account.objects.filter(merged_into=old).update(merged_into=heir)
    heir.posted += moved
    heir.earned += old.earned
    heir.pending_in += old.pending_in
    heir.pending_out += old.pending_out
    heir.overdraft = max(heir.pending_out - heir.posted, 0)
    heir.save(update_fields=["posted", "earned", "pending_in", "pending_out", "overdraft"])
    old.posted = old.earned = old.pending_in = old.pending_out = old.overdraft = 0
    old.merged_into = heir
    old.save()
    if moved:
        transfer = _write(old, heir, moved, source=source, now=now)
        # What one side owed is paid from the other's lots.
        paid = max(moved, 0) + max(before, 0) - max(heir.posted, 0)
        lots.take(wallet=heir, spending=transfer, amount=paid)


def _write(old: Account, heir: Account, moved: int, *, source: str, now: datetime) -> Transfer:
    gains = moved > 0
    return records.write(
        debit_id=old.id if gains else heir.id,
        credit_id=heir.id if gains else old.id,
        amount=abs(moved),
        kind=TransferKind.POSTED,
        reason=REASON,
        source=source,
        key=f"{REASON}:{old.id}",
        now=now,
    )
