"""The platform's figures, counted by the database from accounts, tenants and partnerships."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.plans import PLANS, SOLD

# What brings in money: a payment that is late is still owed.
_PAYING = ("active", "past_due")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan: its merchants by how they stand, and what they pay a month, in cents."""

    plan: str
    merchants: int
    trialing: int
    paying: int
    unpaid: int
    free: int
    monthly: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`trials` are those that ended one way or the other; `monthly` is in cents before VAT."""

    merchants: int
    partners: int
    suspended: int
    lines: list[PlanLine]
    trials: int
    converted: int
    trialing: int
    minors: int
    minors_became: int

    @property
    def monthly(self) -> int:
        return sum(line.monthly for line in self.lines)

    @property
    def paying(self) -> int:
        return sum(line.paying for line in self.lines)

    @property
    def conversion(self) -> float | None:
        """The share of ended trials that pay or paid; None before the first has ended."""
        return self.converted / self.trials if self.trials else None

    @property
    def became(self) -> float | None:
        """The share of invited partners who became merchants."""
        return self.minors_became / self.minors if self.minors else None


_PLANS = """
    WITH price(plan, term, cents) AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::numeric[]))
    SELECT a.plan, count(*),
        count(*) FILTER (WHERE a.state = 'trialing'),
        count(*) FILTER (WHERE a.state = ANY(%s)),
        count(*) FILTER (WHERE a.state IN ('frozen', 'canceled')),
        count(*) FILTER (WHERE a.state = 'free'),
        coalesce(round(sum(price.cents) FILTER (WHERE a.state = ANY(%s))), 0)::bigint
    FROM billing_account a
    JOIN tenants_tenant t ON t.id = a.tenant_id AND t.state IN ('active', 'suspended')
    LEFT JOIN price ON price.plan = a.plan AND price.term = a.interval
    GROUP BY a.plan
"""
_TENANTS = """
    SELECT count(*) FILTER (WHERE NOT partner_only), count(*) FILTER (WHERE partner_only),
        count(*) FILTER (WHERE state = 'suspended')
    FROM tenants_tenant WHERE state IN ('active', 'suspended')
"""
# A trial has ended when its time is over, or when a subscription took its place before that.
_TRIALS = """
    SELECT count(*) FILTER (WHERE paid OR trial_ends_at <= %s), count(*) FILTER (WHERE paid),
        count(*) FILTER (WHERE NOT paid AND trial_ends_at > %s)
    FROM (
        SELECT trial_ends_at, EXISTS (
            SELECT FROM billing_invoice i
            WHERE i.tenant_id = a.tenant_id AND i.state = 'paid' AND i.amount_paid > 0
        ) AS paid
        FROM billing_account a WHERE trial_ends_at IS NOT NULL
    ) AS trial
"""
# A back office that a partnership made is not older than the partnership.
_MINORS = """
    SELECT count(*), count(*) FILTER (WHERE NOT t.partner_only)
    FROM tenants_tenant t
    WHERE t.state <> 'provisioning' AND EXISTS (
        SELECT FROM partnerships_partnership p
        WHERE p.minor_id = t.id AND p.origin = 'details' AND p.created_at <= t.created_at)
"""


def figures(*, now: datetime) -> Figures:
    """All of them, as they stand now. Called in the public schema."""
    found = {
        row[0]: PlanLine(*row) for row in _rows(_PLANS, [*_prices(), list(_PAYING), list(_PAYING)])
    }
    [(merchants, partners, suspended)] = _rows(_TENANTS, [])
    [(trials, converted, trialing)] = _rows(_TRIALS, [now, now])
    [(minors, became)] = _rows(_MINORS, [])
    return Figures(
        merchants=merchants,
        partners=partners,
        suspended=suspended,
        lines=[found.get(key, PlanLine(key, 0, 0, 0, 0, 0, 0)) for key in PLANS],
        trials=trials,
        converted=converted,
        trialing=trialing,
        minors=minors,
        minors_became=became,
    )


def _prices() -> tuple[list[str], list[str], list[Decimal]]:
    """Each price as plan, interval and cents a month: a year's is spread over twelve."""
    priced = [
        (plan.key.value, interval, cents)
        for plan in SOLD
        for interval, cents in (("month", Decimal(plan.month)), ("year", Decimal(plan.year) / 12))
    ]
    return [p for p, _, _ in priced], [i for _, i, _ in priced], [c for _, _, c in priced]


def _rows(statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
