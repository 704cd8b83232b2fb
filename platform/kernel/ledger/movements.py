"""The books over a period: what came in, went out, came back; for all wallets of a unit."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from kernel.ledger.models import Account, AccountKind, Lot

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_FOR_EVER = datetime.max.replace(tzinfo=UTC)

# What moved posted balances, as `selectors.posted_transfers` says it for one wallet. Every such
# transfer has a system account on its other side, and of those there are a handful: the tables of
# wallets need not be read.
_POSTED = """
    SELECT t.created_at, t.reason, t.kind, other.kind AS other_kind,
        CASE WHEN t.debit_id = other.id THEN t.credit_id ELSE t.debit_id END AS wallet_id,
        CASE WHEN t.debit_id = other.id THEN t.amount ELSE -t.amount END AS amount
    FROM ledger_transfer AS t
    JOIN (
        SELECT id, kind FROM ledger_account
        WHERE owner_id IS NULL AND kind <> 'wallet' AND unit = %(unit)s
    ) AS other ON other.id = t.debit_id OR other.id = t.credit_id
    LEFT JOIN ledger_transfer AS named ON named.id = t.answers_id AND t.kind = 'reverse'
    WHERE t.created_at >= %(start)s AND t.created_at < %(end)s
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
# From now backwards, in one statement and so in one view of the books: the months that people look
# at are the last ones, and wallets know what they hold.
_BALANCE = f"""
    SELECT
        (SELECT COALESCE(SUM(posted), 0) FROM ledger_account
         WHERE kind = 'wallet' AND unit = %(unit)s)
        - (SELECT COALESCE(SUM(amount), 0) FROM ({_POSTED}) AS moved)
"""  # noqa: S608
_DAILY = f"""
    SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, other_kind, reason,
        kind = 'reverse' AS back, SUM(amount)::bigint, COUNT(*)
    FROM ({_POSTED}) AS moved
    GROUP BY 1, 2, 3, 4, amount > 0 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608
# A wallet that was poured into another gained for the owner of that one.
_GAINS = f"""
    SELECT COALESCE(heir.owner_id, wallet.owner_id) AS owner_id, SUM(sums.amount)::bigint AS n
    FROM (
        SELECT wallet_id, SUM(amount) AS amount FROM ({_POSTED}) AS moved
        WHERE other_kind IN ('issued', 'adjusted') GROUP BY 1
    ) AS sums
    JOIN ledger_account AS wallet ON wallet.id = sums.wallet_id
    LEFT JOIN ledger_account AS heir ON heir.id = wallet.merged_into_id
    GROUP BY 1
"""  # noqa: S608
_GIVEN = f"SELECT COUNT(*), COALESCE(SUM(n), 0) FROM ({_GAINS}) AS every"  # noqa: S608
_ENDED = f"""
    SELECT other_kind, SUM(amount)::bigint, COUNT(*) FROM ({_POSTED}) AS moved
    WHERE other_kind IN ('redeemed', 'expired') GROUP BY 1
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
        cursor.execute(_BALANCE, {"unit": unit, "start": at, "end": _FOR_EVER})
        return int(cursor.fetchone()[0])


def gains(*, unit: str, start: datetime | None) -> tuple[str, list[Any]]:
    """A query of each owner's gains since `start`, corrected and taken back ones deducted.

    Its rows are `owner_id` and `n`; spending and expiry are none. With its parameters, in order.
    """
    sql = re.sub(r"%\(\w+\)s", "%s", _GAINS)
    return sql, [unit, start or _EVER, _FOR_EVER]


def given(*, unit: str, start: datetime, end: datetime) -> tuple[int, int]:
    """How many owners gained in [start, end), and how much they did in all."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, {"unit": unit, "start": start, "end": end})
        people, total = cursor.fetchone()
    return int(people), int(total)


def ended(*, unit: str, start: datetime, end: datetime) -> dict[AccountKind, tuple[int, int]]:
    """What left wallets for good in [start, end), used or expired: its amount, and in how many."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, {"unit": unit, "start": start, "end": end})
        found = cursor.fetchall()
    return {AccountKind(kind): (-amount, count) for kind, amount, count in found}


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


def open_lots(*, unit: str) -> QuerySet[Lot]:
    """Every credit with something left to spend, the soonest to expire first."""
    rows = Lot.objects.filter(wallet__kind=AccountKind.WALLET, wallet__unit=unit, remaining__gt=0)
    return rows.order_by("expires_at", "transfer_id")


def expiring_in(rows: QuerySet[Lot], *, month: tuple[date | None], zone: ZoneInfo) -> QuerySet[Lot]:
    """Those of `rows` that expire in a month of `zone`; (None,) for those that never do."""
    (first,) = month
    if first is None:
        return rows.filter(expires_at__isnull=True)
    following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, time.min, tzinfo=zone) for day in (first, following))
    return rows.filter(expires_at__gte=start, expires_at__lt=end)


def by_expiry(*, unit: str, zone: ZoneInfo) -> list[Expiry]:
    """What can be spent now, by the month of `zone` in which it expires, the soonest first."""
    rows = (
        open_lots(unit=unit)
        .annotate(month=TruncMonth("expires_at", tzinfo=zone))
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
