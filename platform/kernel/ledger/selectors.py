"""Reading the books."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from kernel.ledger.accounts import system_account_id
from kernel.ledger.models import (
    Account,
    AccountKind,
    Lot,
    Pending,
    Transfer,
    TransferKind,
)


@dataclass(frozen=True, slots=True)
class Balance:
    """A wallet at a glance, in its unit: cents or points."""

    unit: str
    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    posted: int = 0
    earned: int = 0


def _balance(account: Account) -> Balance:
    return Balance(
        unit=account.unit,
        available=account.available,
        pending=account.pending_in,
        held=account.pending_out,
        debt=account.debt,
        posted=account.posted,
        earned=account.earned,
    )


def balance(*, owner_id: uuid.UUID, unit: str) -> Balance:
    """One owner's balance; all zero when there is no wallet yet."""
    account = Account.objects.filter(kind=AccountKind.WALLET, owner_id=owner_id, unit=unit).first()
    return _balance(account) if account else Balance(unit=unit)


def balances(*, owner_ids: Iterable[uuid.UUID], unit: str) -> dict[uuid.UUID, Balance]:
    """The balances of many owners in one query; owners without a wallet are left out."""
    accounts = Account.objects.filter(
        kind=AccountKind.WALLET, owner_id__in=list(owner_ids), unit=unit
    )
    return {account.owner_id: _balance(account) for account in accounts if account.owner_id}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a posted balance, as a history shows it."""

    transfer: Transfer
    amount: int
    balance: int


def history(*, owner_id: uuid.UUID, unit: str) -> list[Line]:
    """Every movement of the posted balance, newest first, with the balance after each (S5, B17)."""
    wallet = Account.objects.filter(kind=AccountKind.WALLET, owner_id=owner_id, unit=unit).first()
    if wallet is None:
        return []
    merged = Account.objects.filter(merged_into=wallet).values_list("id", flat=True)
    family = {wallet.id, *merged}
    running, lines = 0, []
    for transfer in posted_transfers(*family):
        if {transfer.debit_id, transfer.credit_id} <= family:
            continue  # the merging itself: as if it had always been one wallet
        amount = transfer.amount if transfer.credit_id in family else -transfer.amount
        running += amount
        lines.append(Line(transfer=transfer, amount=amount, balance=running))
    return lines[::-1]


def posted_transfers(*wallet_ids: uuid.UUID) -> QuerySet[Transfer]:
    """The transfers that moved the posted balance of these wallets, oldest first.

    A reversal counts unless it shortened a transfer that was still pending at that time.
    """
    posted_before = Transfer.objects.filter(
        answers=OuterRef("answers"), kind=TransferKind.POST, id__lt=OuterRef("id")
    )
    return (
        Transfer.objects.filter(Q(debit__in=wallet_ids) | Q(credit__in=wallet_ids))
        .filter(
            Q(kind__in=[TransferKind.POSTED, TransferKind.POST])
            | Q(kind=TransferKind.REVERSE, answers__kind=TransferKind.POSTED)
            | (Q(kind=TransferKind.REVERSE) & Exists(posted_before))
        )
        .select_related("answers")
        .order_by("id")
    )


def open_pendings(*, owner_id: uuid.UUID, unit: str) -> QuerySet[Pending]:
    """What is promised to an owner and not there yet, soonest first."""
    return (
        Pending.objects.filter(wallet__owner_id=owner_id, wallet__unit=unit, incoming=True)
        .select_related("transfer")
        .order_by(F("due_at").asc(nulls_last=True), "transfer_id")
    )


def due_pendings(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Promised credits whose time has come, soonest first."""
    due = Pending.objects.filter(due_at__lte=now, incoming=True).order_by("due_at")
    return list(due.values_list("transfer_id", flat=True)[:limit])


def due_holds(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Amounts set aside whose time has run out, the longest past first."""
    due = Pending.objects.filter(due_at__lte=now, incoming=False).order_by("due_at")
    return list(due.values_list("transfer_id", flat=True)[:limit])


def expired_lots(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Credits with something left whose date has passed."""
    lots = Lot.objects.filter(remaining__gt=0, expires_at__lte=now).order_by("expires_at")
    return list(lots.values_list("transfer_id", flat=True)[:limit])


def next_expiry(*, owner_id: uuid.UUID, unit: str) -> tuple[datetime, int] | None:
    """The next date on which an owner loses something, and how much."""
    lots = Lot.objects.filter(
        wallet__owner_id=owner_id, wallet__unit=unit, remaining__gt=0, expires_at__isnull=False
    ).order_by("expires_at")
    first = lots.first()
    if first is None or first.expires_at is None:
        return None
    total = lots.filter(expires_at=first.expires_at).aggregate(total=Sum("remaining"))["total"]
    return first.expires_at, int(total)


def outstanding(*, unit: str) -> Balance:
    """What all wallets of a unit hold together: what the merchant owes."""
    totals = Account.objects.filter(kind=AccountKind.WALLET, unit=unit).aggregate(
        available=Sum(F("posted") - F("pending_out"), filter=Q(posted__gt=F("pending_out"))),
        pending=Sum("pending_in"),
        held=Sum("pending_out"),
        debt=Sum(-F("posted"), filter=Q(posted__lt=0)),
    )
    return Balance(unit=unit, **{name: int(value or 0) for name, value in totals.items()})


def discrepancies() -> list[str]:
    """What does not add up, one sentence each; an empty list means that the books are right.

    The running balances, the lots and the open pendings are all computed again from the
    transfers, which alone are the truth.
    """
    found: list[str] = []
    for wallet in Account.objects.filter(kind=AccountKind.WALLET).iterator():
        moved = posted_transfers(wallet.id).aggregate(
            gained=Sum("amount", filter=Q(credit=wallet)),
            lost=Sum("amount", filter=Q(debit=wallet)),
        )
        posted = int(moved["gained"] or 0) - int(moved["lost"] or 0)
        lots = int(wallet.lots.aggregate(total=Sum("remaining"))["total"] or 0)
        open_sums = wallet.pendings.aggregate(
            promised=Sum("remaining", filter=Q(incoming=True)),
            held=Sum("remaining", filter=Q(incoming=False)),
        )
        expected = {
            "posted": (wallet.posted, posted),
            "lots": (lots, max(wallet.posted, 0)),
            "earned": (wallet.earned, _earned(wallet)),
            "pending_in": (wallet.pending_in, int(open_sums["promised"] or 0)),
            "pending_out": (wallet.pending_out, int(open_sums["held"] or 0)),
        }
        found += [
            f"wallet {wallet.id}: {name} is {seen}, the transfers say {true}"
            for name, (seen, true) in expected.items()
            if seen != true
        ]
    orphans = Transfer.objects.exclude(
        Exists(Account.objects.filter(id=OuterRef("debit_id")))
        & Exists(Account.objects.filter(id=OuterRef("credit_id")))
    )
    found += [f"transfer {row.id}: an account is missing" for row in orphans]
    return found


def _earned(wallet: Account) -> int:
    """What came in from where value is made, less what went back there or was corrected."""
    sources = [
        system_account_id(kind, wallet.unit) for kind in (AccountKind.ISSUED, AccountKind.ADJUSTED)
    ]
    if wallet.merged_into_id is not None:
        return 0  # counted where it was poured into
    merged = Account.objects.filter(merged_into=wallet).values_list("id", flat=True)
    family = [wallet.id, *merged]
    moved = posted_transfers(*family).aggregate(
        gained=Sum("amount", filter=Q(credit__in=family, debit_id__in=sources)),
        lost=Sum("amount", filter=Q(debit__in=family, credit_id__in=sources)),
    )
    return int(moved["gained"] or 0) - int(moved["lost"] or 0)
