"""Records that may be of one person: why, and which pairs the merchant said are two."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tenants.profiles.models import DistinctPair, Profile

MOST_PAIRS = 200

# Each branch is one reason, the surest first. A group of many (a shared phone of a company) says
# little, so large groups are left out.
_PAIRS = """
    WITH people AS (
        SELECT id, email_folded, right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) AS number,
            lower(first_name) || ' ' || lower(last_name) AS name, first_name, last_name
        FROM profiles_profile
        WHERE merged_into_id IS NULL AND erased_at IS NULL
    ), signs AS (
        SELECT id, 'email' AS reason, 1 AS rank, email_folded AS sign FROM people
            WHERE email_folded <> ''
        UNION ALL
        SELECT id, 'phone', 2, number FROM people WHERE length(number) = 9
        UNION ALL
        SELECT id, 'name', 3, name FROM people WHERE first_name <> '' AND last_name <> ''
    ), groups AS (
        SELECT reason, rank, sign FROM signs
        GROUP BY 1, 2, 3 HAVING count(*) BETWEEN 2 AND 6
    )
    SELECT a.id, b.id, array_agg(a.reason ORDER BY a.rank), min(a.rank)
    FROM groups g
    JOIN signs a ON a.reason = g.reason AND a.sign = g.sign
    JOIN signs b ON b.reason = g.reason AND b.sign = g.sign AND a.id < b.id
    WHERE NOT EXISTS (
        SELECT FROM profiles_distinct_pair d WHERE d.first_id = a.id AND d.second_id = b.id)
    GROUP BY a.id, b.id ORDER BY min(a.rank), count(*) DESC, a.id, b.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person; `reasons` are email, phone and name."""

    first: Profile
    second: Profile
    reasons: tuple[str, ...]


def suggestions(*, limit: int = MOST_PAIRS) -> list[Pair]:
    """Pairs that look like one person, the surest first."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [limit])
        found = cursor.fetchall()
    people = Profile.objects.in_bulk({number for row in found for number in row[:2]})
    return [
        Pair(people[first], people[second], tuple(reasons))
        for first, second, reasons, _rank in found
    ]


def say_distinct(*, one: uuid.UUID, other: uuid.UUID, now: datetime) -> None:
    """These are two people: they are not suggested any more."""
    first, second = sorted((one, other))
    row = DistinctPair(first_id=first, second_id=second, said_at=now)
    DistinctPair.objects.bulk_create([row], ignore_conflicts=True)
