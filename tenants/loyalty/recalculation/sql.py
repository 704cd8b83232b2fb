"""What past facts should have earned beside what they did: one set, however many facts.

A fact earns under the rules in force on its own date; one that is older than the first rules
takes the first (FS-19). Where only members earn, whoever is a member today counts for the whole
period, since a box may be ticked with the order it is meant for; whoever left counts up to that
day. Customers who were merged or erased are left alone.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kernel.ids import UUID7_SQL
from tenants.loyalty import facts
from tenants.loyalty.recalculation.models import Run, RunKind

_RULES = """
    rules AS (
        SELECT id, active, membership, payments_on, rate, per, sessions_on, expiry_months,
            CASE WHEN row_number() OVER turn = 1 THEN '-infinity' ELSE starts_at END AS since,
            COALESCE(lead(starts_at) OVER turn, 'infinity') AS until
        FROM loyalty_version WINDOW turn AS (ORDER BY starts_at, number)
    )
"""
_EXPECTED = f"""
    promised AS (
        SELECT fact.*, rules.id AS version_id, rules.expiry_months,
            CASE
                WHEN NOT rules.active THEN 0
                WHEN rules.membership = 'joined' AND (
                    member.profile_id IS NULL OR member.left_at <= fact.at) THEN 0
                WHEN fact.kind = 'session'
                    THEN CASE WHEN rules.sessions_on THEN COALESCE(rate.amount, 0) ELSE 0 END
                WHEN rules.payments_on
                    THEN {facts.earned_sql(rate="rules.rate", per="rules.per")}
                ELSE 0
            END AS gross
        FROM ({facts.FACTS}) AS fact
        JOIN rules ON fact.at >= rules.since AND fact.at < rules.until
        LEFT JOIN loyalty_membership AS member ON member.profile_id = fact.profile_id
        LEFT JOIN loyalty_session_rate AS rate ON rate.version_id = rules.id
            AND rate.session_type_id = fact.type_id AND rate.active
        WHERE fact.{{people}} AND fact.at >= %(since)s::timestamptz AND fact.at <= %(until)s
    ), expected AS (
        SELECT fact.*, {facts.kept_sql(earned="fact.gross")} AS net FROM promised AS fact
    )
"""  # noqa: S608
_HAD = """
    had AS (
        SELECT * FROM loyalty_earning WHERE {people} AND unit = %(unit)s
            AND occurred_at >= %(since)s::timestamptz AND occurred_at <= %(until)s
    )
"""
# Each fact with what it should have earned (`net`, out of `gross` before money went back) and what
# it has now.
_RECALCULATED = f"""
    WITH {_RULES}, {_EXPECTED}, {_HAD}, judged AS (
        SELECT COALESCE(had.profile_id, expected.profile_id) AS profile_id,
            expected.kind, expected.id AS fact_id, expected.at, expected.expiry_months,
            COALESCE(expected.version_id, had.version_id) AS version_id,
            COALESCE(expected.gross, 0) AS gross, COALESCE(expected.net, 0) AS net,
            had.id AS earning_id, COALESCE(had.amount - had.reversed, 0) AS had_net,
            had.transfer_id
        FROM expected FULL JOIN had
            ON had.fact_kind = expected.kind AND had.fact_id = expected.id
    )
"""  # noqa: S608
_RESET = f"""
    WITH {_HAD}, judged AS (
        SELECT profile_id, NULL::text AS kind, NULL::uuid AS fact_id, NULL::timestamptz AS at,
            NULL::integer AS expiry_months, version_id, 0::bigint AS gross, 0::bigint AS net,
            id AS earning_id, amount - reversed AS had_net, transfer_id
        FROM had
    )
"""  # noqa: S608
_BETWEEN = "profile_id > %(after)s AND {table}profile_id <= %(up_to)s"
_AMONG = "profile_id = ANY(%(people)s)"
# What would be owed in addition: what is taken beyond the balance, less what has expired of it,
# which is not asked for a second time.
_DEBT = """
    GREATEST(
        GREATEST(-(COALESCE(wallet.posted, 0) + after - before), 0)
            - GREATEST(-COALESCE(wallet.posted, 0), 0)
            - (SELECT COALESCE(SUM(gone.amount - gone.returned), 0)
               FROM ledger_allocation AS gone
               JOIN ledger_transfer AS expiry ON expiry.id = gone.spending_id
               WHERE gone.lot_id = ANY(taken_from) AND expiry.reason = 'expired'),
        0)
"""
_PRESENT = """
    JOIN profiles_profile AS profile ON profile.id = judged.profile_id
        AND profile.erased_at IS NULL AND profile.merged_into_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one customer that change together, and by how much (signed).

    Those that gain share the credit that they will get, which `months` tells apart; those that
    lose have the credit `transfer_id` in common.
    """

    profile_id: uuid.UUID
    months: int | None
    transfer_id: uuid.UUID | None
    change: int
    facts: int


def groups(*, run: Run, profile_ids: Sequence[uuid.UUID]) -> list[Group]:
    """What has to change for these customers."""
    statement = f"""
        {_judged(run, _AMONG, _AMONG)}
        SELECT judged.profile_id, CASE WHEN net > had_net THEN expiry_months END,
            CASE WHEN net < had_net THEN transfer_id END, SUM(net - had_net)::bigint, count(*)
        FROM judged {_PRESENT} WHERE net <> had_net
        GROUP BY judged.profile_id, net > had_net, 2, 3 ORDER BY judged.profile_id
    """  # noqa: S608
    rows = _fetch(statement, {**_values(run), "people": list(profile_ids)})
    return [Group(*row) for row in rows]


def write(
    *,
    run: Run,
    profile_ids: Sequence[uuid.UUID],
    credited: Mapping[tuple[uuid.UUID, int | None], uuid.UUID],
    now: datetime,
) -> tuple[int, int]:
    """Write what each fact earns now: new rows for those that had none, the others changed.

    `credited` names the credit of each customer and term. Returns how many facts were written,
    and the change in all: what `groups` said, for their customers are locked.
    """
    statement = f"""
        {_judged(run, _AMONG, _AMONG)}, credit AS (
            SELECT * FROM unnest(%(owners)s::uuid[], %(months)s::integer[], %(credits)s::uuid[])
                AS credit (owner_id, months, transfer_id)
        ), different AS (
            SELECT judged.* FROM judged {_PRESENT} WHERE net <> had_net
        ), added AS (
            INSERT INTO loyalty_earning (id, profile_id, fact_kind, fact_id, occurred_at,
                version_id, amount, reversed, unit, transfer_id, created_at)
            SELECT {UUID7_SQL}, different.profile_id, different.kind, fact_id, at, version_id,
                gross, gross - net, %(unit)s, credit.transfer_id, %(now)s
            FROM different JOIN credit ON credit.owner_id = different.profile_id
                AND credit.months = COALESCE(expiry_months, 0)
            WHERE earning_id IS NULL
            RETURNING amount - reversed AS change
        ), changed AS (
            UPDATE loyalty_earning AS earning
            SET amount = gross, reversed = gross - net, version_id = different.version_id
            FROM different WHERE earning.id = different.earning_id
            RETURNING net - had_net AS change
        )
        SELECT count(*), COALESCE(SUM(change), 0)
        FROM (SELECT change FROM added UNION ALL SELECT change FROM changed) AS written
    """  # noqa: S608
    values = {
        **_values(run),
        "people": list(profile_ids),
        "owners": [owner_id for owner_id, _months in credited],
        "months": [months or 0 for _owner_id, months in credited],
        "credits": list(credited.values()),
        "now": now,
    }
    count, change = _fetch(statement, values)[0]
    return int(count), int(change)


def count_between(*, run: Run, after: uuid.UUID, up_to: uuid.UUID) -> int:
    """Note a line for each customer in this range whose points change; returns how many facts."""
    statement = f"""
        {_judged(run, _BETWEEN.format(table="fact."), _BETWEEN.format(table=""))},
        changing AS (
            SELECT judged.profile_id, SUM(had_net) AS before, SUM(net) AS after,
                count(*) FILTER (WHERE net <> had_net) AS facts,
                array_agg(transfer_id) FILTER (WHERE net < had_net) AS taken_from
            FROM judged {_PRESENT}
            GROUP BY judged.profile_id HAVING count(*) FILTER (WHERE net <> had_net) > 0
        ), noted AS (
            INSERT INTO loyalty_recalculation_line
                (id, run_id, profile_id, before, after, facts, debt)
            SELECT {UUID7_SQL}, %(run)s, changing.profile_id, before, after, facts, {_DEBT}
            FROM changing LEFT JOIN ledger_account AS wallet ON wallet.kind = 'wallet'
                AND wallet.owner_id = changing.profile_id AND wallet.unit = %(unit)s
            ON CONFLICT (run_id, profile_id) DO NOTHING
            RETURNING facts
        )
        SELECT COALESCE(SUM(facts), 0) FROM noted
    """  # noqa: S608
    values = {**_values(run), "run": run.id, "after": after, "up_to": up_to}
    return int(_fetch(statement, values)[0][0])


def lock_customers(*, profile_ids: Sequence[uuid.UUID], wait: bool) -> list[uuid.UUID]:
    """Lock these customers' rows as every fact's road does; returns those that were free.

    Whoever is busy with a fact right now is left out, unless `wait`: this never holds some
    customers while it waits for others.
    """
    statement = f"""
        SELECT id FROM profiles_profile WHERE id = ANY(%(people)s) ORDER BY id
        FOR NO KEY UPDATE {"" if wait else "SKIP LOCKED"}
    """  # noqa: S608
    return [row[0] for row in _fetch(statement, {"people": list(profile_ids)})]


def _judged(run: Run, of_facts: str, of_earnings: str) -> str:
    text = _RESET if run.kind == RunKind.RESET else _RECALCULATED
    return text.replace("fact.{people}", f"fact.{of_facts}").replace("{people}", of_earnings)


def _values(run: Run) -> dict[str, Any]:
    since = run.since.isoformat() if run.since else "-infinity"
    return {"since": since, "until": run.until, "unit": run.unit}


def _fetch(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
