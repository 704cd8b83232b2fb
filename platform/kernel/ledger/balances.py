"""How a wallet's running balance follows its transfers. The caller holds the wallet's lock.

Each function moves the balance and the lots together, so that the lots always hold
`max(posted, 0)`."""

import uuid
from datetime import datetime

from kernel.db import write
from kernel.ledger import lots
from kernel.ledger.accounts import system_account_id
from kernel.ledger.models import Account, AccountKind, Allocation, Transfer


def credit(wallet: Account, transfer: Transfer, amount: int) -> None:
    """Add to the posted balance; a debt is paid first."""
    before = wallet.posted
    wallet.posted += amount
    wallet.earned += amount
    wallet.overdraft = max(wallet.pending_out - wallet.posted, 0)
    wallet.save(update_fields=["posted", "pending_in", "overdraft", "earned"])
    lots.add(wallet=wallet, transfer=transfer, before=before, after=wallet.posted)


def debit(wallet: Account, transfer: Transfer, amount: int) -> None:
    """Take from the posted balance."""
    before = wallet.posted
    wallet.posted -= amount
    wallet.earned -= _corrected(transfer.credit_id, wallet, amount)
    wallet.save(update_fields=["posted", "pending_out", "earned"])
    # A hold may be posted after a reversal took what it stood on: the rest is debt.
    lots.take(wallet=wallet, spending=transfer, amount=max(before, 0) - max(wallet.posted, 0))


def take_back(wallet: Account, reversal: Transfer, amount: int, *, first: Transfer | None) -> None:
    """Undo a credit: its own lot first, then others; what was spent already is debt."""
    before = wallet.posted
    wallet.posted -= amount
    wallet.earned -= amount
    # Held amounts stay promised, so the debt covers them as well.
    wallet.overdraft = max(wallet.overdraft, wallet.pending_out - wallet.posted, 0)
    wallet.save(update_fields=["posted", "overdraft", "earned"])
    lost = max(before, 0) - max(wallet.posted, 0)
    lots.take(wallet=wallet, spending=reversal, amount=lost, first=first)


def give_back(
    wallet: Account, reversal: Transfer, amount: int, *, spending: Transfer | None, now: datetime
) -> None:
    """Undo a spending: its lots are filled again."""
    before = wallet.posted
    wallet.posted += amount
    wallet.earned += _corrected(reversal.debit_id, wallet, amount)
    wallet.overdraft = max(wallet.pending_out - wallet.posted, 0)
    wallet.save(update_fields=["posted", "overdraft", "earned"])
    gained = max(wallet.posted, 0) - max(before, 0)
    if spending is not None and gained:
        lots.give_back(wallet=wallet, spending=spending, reversal=reversal, gained=gained, now=now)


def give_back_expired(wallet: Account, allocation: Allocation, amount: int) -> None:
    """Undo an expiry: its lot is filled again, whatever its date, for a reversal takes it next."""
    before = wallet.posted
    wallet.posted += amount
    wallet.overdraft = max(wallet.pending_out - wallet.posted, 0)
    wallet.save(update_fields=["posted", "overdraft"])
    allocation.returned += amount
    allocation.save(update_fields=["returned"])
    lot = allocation.lot
    lot.remaining += max(wallet.posted, 0) - max(before, 0)
    lot.save(update_fields=["remaining"])


def _corrected(other_id: uuid.UUID, wallet: Account, amount: int) -> int:
    """`amount` where the other side is that of corrections, which take from what was earned."""
    return amount if other_id == system_account_id(AccountKind.ADJUSTED, wallet.unit) else 0


def expect(amounts: dict[uuid.UUID, int]) -> None:
    """Add to what wallets (by account id) are promised, all in one statement."""
    if not amounts:
        return
    rows = ", ".join(["(%s::uuid, %s::bigint)"] * len(amounts))
    write(
        Account,
        "UPDATE ledger_account SET pending_in = pending_in + promised.amount"  # noqa: S608
        f" FROM (VALUES {rows}) AS promised (id, amount)"
        " WHERE ledger_account.id = promised.id",
        [value for pair in amounts.items() for value in pair],
    )
