"""What rules would have given over a past period: one set-based statement, nothing written."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kernel.db import prepared_cursor
from tenants.loyalty.facts import FACTS, earned_sql, kept_sql
from tenants.loyalty.models import LoyaltyVersion, MembershipMode
from tenants.loyalty.versions import Rate

_TOP = 8

# Worth of each fact, then of each customer; the totals stand beside each of the first rows.
_SQL = f"""
    WITH fact AS ({FACTS}),
    dated AS (
        SELECT fact.*, {earned_sql()} AS earned FROM fact WHERE at >= %s AND at <= %s
    ),
    worth AS (
        SELECT dated.profile_id,
               CASE WHEN kind <> 'session' THEN dated.kept ELSE 0 END AS paid,
               CASE WHEN kind <> 'session' AND %s
                    THEN {kept_sql(earned="dated.earned", fact="dated")} ELSE 0 END AS by_payment,
               CASE WHEN kind = 'session' THEN COALESCE(rate.amount, 0) ELSE 0 END AS by_session
        FROM dated
        LEFT JOIN unnest(%s::uuid[], %s::bigint[]) AS rate (type_id, amount)
            ON rate.type_id = dated.type_id
        WHERE NOT %s OR EXISTS (
            SELECT 1 FROM loyalty_membership AS member
            WHERE member.profile_id = dated.profile_id AND member.left_at IS NULL)
    ),
    person AS (
        SELECT profile_id, count(*) AS facts, sum(paid) AS paid,
               sum(by_payment) AS by_payment, sum(by_session) AS by_session
        FROM worth GROUP BY profile_id
    )
    SELECT profile_id, paid, by_payment, by_session,
           sum(paid) OVER (), sum(by_payment) OVER (), sum(by_session) OVER (),
           count(*) OVER (), count(*) FILTER (WHERE by_payment + by_session > 0) OVER ()
    FROM person ORDER BY by_payment + by_session DESC, paid DESC, profile_id LIMIT {_TOP}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Gainer:
    """One customer: cents paid and kept, and what they would have earned."""

    profile_id: uuid.UUID
    paid: int
    earned: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Totals over a period: `paid` in cents, the rest in the wallet's smallest unit.

    `people` is everybody with a fact in the period, `gaining` those who would have earned.
    """

    paid: int = 0
    by_payment: int = 0
    by_session: int = 0
    people: int = 0
    gaining: int = 0
    top: tuple[Gainer, ...] = ()

    @property
    def total(self) -> int:
        return self.by_payment + self.by_session


def preview(
    *,
    rules: LoyaltyVersion,
    rates: Mapping[uuid.UUID, Rate],
    since: datetime,
    until: datetime,
) -> Preview:
    """What `rules` (saved or not) and `rates` would have given for the facts of a period."""
    if not rules.active:
        rates, payments = {}, False
    else:
        payments = rules.payments_on
    given = {n: r.amount for n, r in rates.items() if r.active} if rules.sessions_on else {}
    joined = rules.membership == MembershipMode.JOINED
    values = [
        rules.rate, rules.per, since, until, payments,
        list(given), list(given.values()), joined,
    ]  # fmt: skip
    with prepared_cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    if not rows:
        return Preview()
    paid, by_payment, by_session, people, gaining = (int(value) for value in rows[0][4:])
    top = tuple(
        Gainer(profile_id=row[0], paid=int(row[1]), earned=int(row[2] + row[3]))
        for row in rows
        if row[2] + row[3] > 0
    )
    return Preview(
        paid=paid,
        by_payment=by_payment,
        by_session=by_session,
        people=people,
        gaining=gaining,
        top=top,
    )
