"""Which credits a spending uses: the soonest to expire first.

The caller holds the wallet's lock. Together, the lots hold `max(posted, 0)`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F

from kernel.ledger.models import Account, Allocation, Lot, Transfer

# Value that is given back after its date has passed can still be spent for this long.
GRACE = timedelta(days=30)


def open_lots(wallet: Account) -> Iterable[Lot]:
    """What can be spent, soonest to expire first, then the oldest credit first."""
    return Lot.objects.filter(wallet=wallet, remaining__gt=0).order_by(
        F("expires_at").asc(nulls_last=True), "transfer_id"
    )


def add(*, wallet: Account, transfer: Transfer, before: int, after: int) -> None:
    """Open a lot for a credit, less what of it paid a debt."""
    gained = max(after, 0) - max(before, 0)
    Lot.objects.create(
        transfer=transfer, wallet=wallet, remaining=gained, expires_at=transfer.expires_at
    )


def take(
    *, wallet: Account, spending: Transfer, amount: int, first: Transfer | None = None
) -> None:
    """Use up `amount` from the lots, that of the transfer `first` before all others."""
    lots = list(open_lots(wallet))
    if first is not None:
        lots.sort(key=lambda lot: lot.transfer_id != first.id)
    used: list[Allocation] = []
    changed: list[Lot] = []
    for lot in lots:
        if amount == 0:
            break
        part = min(lot.remaining, amount)
        lot.remaining -= part
        amount -= part
        changed.append(lot)
        used.append(Allocation(spending=spending, lot=lot, amount=part))
    if amount:
        raise AssertionError("lots and posted balance disagree")
    Lot.objects.bulk_update(changed, ["remaining"])
    Allocation.objects.bulk_create(used)


def give_back(
    *, wallet: Account, spending: Transfer, reversal: Transfer, gained: int, now: datetime
) -> None:
    """Return `gained` to the lots that `spending` used, the latest to expire first.

    What would come back into a lot that has expired, or that no lot is known for, opens a lot
    of its own with a period of grace.
    """
    orphaned = gained
    allocations = (
        Allocation.objects.filter(spending=spending, amount__gt=F("returned"))
        .select_related("lot")
        .order_by(F("lot__expires_at").desc(nulls_first=True), "-lot_id")
    )
    for allocation in allocations:
        if orphaned == 0:
            break
        part = min(allocation.amount - allocation.returned, orphaned)
        allocation.returned += part
        allocation.save(update_fields=["returned"])
        lot = allocation.lot
        if lot.expires_at is None or lot.expires_at > now:
            lot.remaining += part
            lot.save(update_fields=["remaining"])
            orphaned -= part
    if orphaned:
        Lot.objects.create(
            transfer=reversal, wallet=wallet, remaining=orphaned, expires_at=now + GRACE
        )
