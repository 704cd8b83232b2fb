"""The books over a period: what came in, went out, came back; for all wallets of a unit."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from kernel.ledger.models import Account, AccountKind, Lot

# What moved posted balances, as `selectors.posted_transfers` says it for one wallet.
_POSTED = """
    SELECT t.created_at, t.reason, t.kind, other.kind AS other_kind,
        CASE WHEN t.credit_id = wallet.id THEN t.amount ELSE -t.amount END AS amount
    FROM ledger_transfer AS t
    JOIN ledger_account AS wallet
        ON wallet.kind = 'wallet' AND wallet.unit = %(unit)s
        AND wallet.id IN (t.debit_id, t.credit_id)
    JOIN ledger_account AS other
        ON other.id = CASE WHEN t.credit_id = wallet.id THEN t.debit_id ELSE t.credit_id END
    LEFT JOIN ledger_transfer AS named ON named.id = t.answers_id
    WHERE t.created_at < %(end)s
        AND other.kind <> 'wallet'
        AND (
            t.kind IN ('posted', 'post')
            OR (t.kind = 'reverse' AND (
                named.kind = 'posted'
                OR EXISTS (
                    SELECT 1 FROM ledger_transfer AS posting
                    WHERE posting.answers_id = t.answers_id
                        AND posting.kind = 'post' AND posting.id < t.id
                )
            ))
        )
"""
_BALANCE = f"SELECT COALESCE(SUM(amount), 0) FROM ({_POSTED}) AS moved"  # noqa: S608
_DAILY = f"""
    SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, other_kind, reason,
        kind = 'reverse' AS back, SUM(amount)::bigint, COUNT(*)
    FROM ({_POSTED}) AS moved WHERE created_at >= %(start)s
    GROUP BY 1, 2, 3, 4, amount > 0 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Movement:
    """What one day moved for one reason; `amount` is positive where wallets gained.

    `account` is the other side's kind. `back` marks reversals: of a credit that was taken back,
    of a spending that was given back.
    """

    day: date
    account: AccountKind
    reason: str
    back: bool
    amount: int
    count: int


def balance_at(*, unit: str, at: datetime) -> int:
    """What all wallets together held just before `at`, debts taken off."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, {"unit": unit, "end": at})
        return int(cursor.fetchone()[0])


def movements(*, unit: str, start: datetime, end: datetime, zone: str) -> list[Movement]:
    """Each day of [start, end) and each reason, in the days of time zone `zone`.

    With `balance_at(start)` they add up to `balance_at(end)`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DAILY, {"unit": unit, "start": start, "end": end, "zone": zone})
        found = cursor.fetchall()
    return [
        Movement(day, AccountKind(account), reason, back, amount, count)
        for day, account, reason, back, amount, count in found
    ]


@dataclass(frozen=True, slots=True)
class Expiry:
    """What all wallets hold that expires in one month; `month` is None for what never does."""

    month: date | None
    amount: int


def by_expiry(*, unit: str) -> list[Expiry]:
    """What can be spent now, by the month in which it expires, the soonest first."""
    rows = (
        Lot.objects.filter(wallet__kind=AccountKind.WALLET, wallet__unit=unit, remaining__gt=0)
        .annotate(month=TruncMonth("expires_at"))
        .order_by()
        .values_list("month")
        .annotate(total=Sum("remaining"))
    )
    found = [Expiry(month.date() if month else None, int(total)) for month, total in rows]
    return sorted(found, key=lambda part: (part.month is None, part.month or date.max))


def held_and_owed(*, unit: str) -> tuple[int, int]:
    """What wallets hold above zero, and what others owe below it; both positive."""
    totals = Account.objects.filter(kind=AccountKind.WALLET, unit=unit).aggregate(
        held=Sum("posted", filter=Q(posted__gt=0)), owed=Sum("posted", filter=Q(posted__lt=0))
    )
    return int(totals["held"] or 0), -int(totals["owed"] or 0)
