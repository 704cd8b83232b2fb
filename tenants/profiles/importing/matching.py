"""Whom each line is about: somebody new, somebody known, or twice the same. Set by set."""

import uuid
from typing import Any

from django.db import connection
from django.db.models import Q

from tenants.profiles.models import CustomerImport, RowAction

# A merged record stands for the one it went into.
_KNOWN = """
    SELECT coalesce(merged_into_id, id) AS id, email_key, external_id
    FROM profiles_profile WHERE erased_at IS NULL
"""

# The later of two lines with the same address, or the same number, is rejected.
_TWICE = """
    UPDATE profiles_import_row r
    SET action = 'r', problems = jsonb_build_array(jsonb_build_array(
        NULL, 'twice', jsonb_build_object('line', d.first)))
    FROM (
        SELECT id, first_value(line) OVER same AS first, row_number() OVER same AS number
        FROM profiles_import_row
        WHERE customer_import_id = %(import)s AND action <> 'r' AND {key} IS NOT NULL
        WINDOW same AS (PARTITION BY {key} ORDER BY line)
    ) d
    WHERE r.id = d.id AND d.number > 1
"""
_BY_KEY = """
    UPDATE profiles_import_row r SET action = 'u', profile_id = p.id
    FROM ({known}) p
    WHERE r.customer_import_id = %(import)s AND r.action = 'n' AND r.{key} = p.{key} {more}
"""
_BY_PHONE = """
    UPDATE profiles_import_row r SET action = 'u', profile_id = p.id
    FROM (
        SELECT regexp_replace(phone, '[^0-9+]', '', 'g') AS number, min(id::text)::uuid AS id
        FROM profiles_profile
        WHERE phone <> '' AND merged_into_id IS NULL AND erased_at IS NULL
        GROUP BY 1 HAVING count(*) = 1
    ) p
    WHERE r.customer_import_id = %(import)s AND r.action = 'n'
        AND r.email_key IS NULL AND r.external_id IS NULL
        AND regexp_replace(r.phone, '[^0-9+]', '', 'g') = p.number {more}
"""
# The email names one customer, the number another.
_TWO = """
    UPDATE profiles_import_row r
    SET action = 'r', problems = '[[null, "two_customers", {{}}]]'::jsonb
    FROM ({known}) p
    WHERE r.customer_import_id = %(import)s AND r.action = 'u'
        AND r.external_id = p.external_id AND p.id <> r.profile_id {more}
"""
# The address or number stays with a record that was merged into this one.
HELD = (
    "EXISTS (SELECT FROM profiles_profile d"
    " WHERE d.{key} = r.{key} AND d.id <> p.id AND d.merged_into_id = p.id)"
)
# A file holds whole seconds.
_NOT_LATER = "date_trunc('second', p.{0}) <= (r.data->>'{0}')::timestamptz"
# What a column says, against what the record says; an empty cell says nothing.
_UNCHANGED = {
    "email": f"(p.email = r.data->>'email' OR {HELD.format(key='email_key')})",
    "first_name": "p.first_name = r.data->>'first_name'",
    "last_name": "p.last_name = r.data->>'last_name'",
    "phone": "p.phone = r.data->>'phone'",
    "gender": "p.gender = r.data->>'gender'",
    "shop": "p.shop = r.data->>'shop'",
    "language": "p.language = r.data->>'language'",
    "external_id": f"(p.external_id = r.external_id OR {HELD.format(key='external_id')})",
    "notes": "p.notes = r.data->>'notes'",
    "account_created_at": _NOT_LATER.format("account_created_at"),
    "first_order_at": _NOT_LATER.format("first_order_at"),
    "last_order_at": "p.last_order_at >= (r.data->>'last_order_at')::timestamptz",
    "order_count": "p.order_count >= (r.data->>'order_count')::bigint",
    "order_total": "p.order_total >= (r.data->>'order_total')::bigint",
    "unsubscribed": "(r.data->>'unsubscribed' = 'false' OR p.unsubscribed_at IS NOT NULL)",
}


def match(customer_import: CustomerImport) -> None:
    """Say of every line what it would do."""
    for key in ("email_key", "external_id"):
        _run(_TWICE.format(key=key), customer_import.id)
    find_known(customer_import)
    # Two lines with nothing in common can still be about one customer.
    _run(_TWICE.format(key="profile_id"), customer_import.id)
    _settle_same(customer_import)


def find_known(customer_import: CustomerImport, *, after: int = 0, upto: int | None = None) -> None:
    """Give lines the customers whom they are about, also those who appeared since."""
    more, values = "", {"after": after, "upto": upto}
    if upto is not None:
        more = "AND r.line > %(after)s AND r.line <= %(upto)s"
    for key in ("email_key", "external_id"):
        _run(_BY_KEY.format(known=_KNOWN, key=key, more=more), customer_import.id, **values)
    _run(_BY_PHONE.format(more=more), customer_import.id, **values)
    _run(_TWO.format(known=_KNOWN, more=more), customer_import.id, **values)


def _settle_same(customer_import: CustomerImport) -> None:
    conditions = [
        f"(NOT r.data ? '{key}' OR coalesce({_UNCHANGED[key]}, false))"
        for key in set(customer_import.mapping.values()) & set(_UNCHANGED)
    ]
    if "full_name" in customer_import.mapping.values():
        conditions += [
            f"(NOT r.data ? '{key}' OR coalesce({_UNCHANGED[key]}, false))"
            for key in ("first_name", "last_name")
        ]
    if customer_import.bought:
        conditions.append("p.order_count > 0")
    statement = (
        "UPDATE profiles_import_row r SET action = 's' FROM profiles_profile p"  # noqa: S608
        " WHERE r.customer_import_id = %(import)s AND r.action = 'u' AND p.id = r.profile_id"
        f" AND {' AND '.join(conditions or ['true'])}"
    )
    _run(statement, customer_import.id)


def buyers(customer_import: CustomerImport) -> int:
    """How many of the lines that change something name past buyers; the others are prospects."""
    lines = customer_import.lines.filter(action__in=(RowAction.NEW, RowAction.UPDATE))
    if customer_import.bought:
        return lines.count()
    told = Q(data__order_count__gt=0) | Q(data__has_any_keys=["first_order_at", "last_order_at"])
    return lines.filter(told).count()


def counts(customer_import: CustomerImport) -> dict[str, int]:
    """How many lines do what."""
    names = {"n": "new", "u": "updated", "s": "unchanged", "r": "rejected"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, count(*) FROM profiles_import_row"
            " WHERE customer_import_id = %s GROUP BY action",
            [customer_import.id],
        )
        found = dict(cursor.fetchall())
    return {name: found.get(action, 0) for action, name in names.items()}


def _run(statement: str, import_id: uuid.UUID, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"import": import_id, **values})
        return int(cursor.rowcount)
