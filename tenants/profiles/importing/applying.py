"""Taking lines in: new records, and changes to those we know, a few thousand at a time.

What is written is the same however often a line is taken in: figures only rise and first dates
only fall, a line's new record has the id that the line was given.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tenants.context import current_tenant
from tenants.profiles.derived import refresh
from tenants.profiles.importing.matching import HELD, find_known
from tenants.profiles.models import CustomerImport, ImportRow, RowAction

LINES_A_STEP = 4_000
# A purchase without a date was before the import: a day, as an order on the same visit is none.
_UNDATED = timedelta(days=1)

# Every column that an import writes, as one text: unchanged since means that all are equal.
COLUMNS = (
    "email", "email_key", "phone", "first_name", "last_name", "gender", "shop", "language",
    "external_id", "notes", "account_created_at", "first_order_at", "last_order_at", "order_count",
    "order_total", "bought_before", "unsubscribed_at",
)  # fmt: skip
FINGERPRINT = f"md5(row({', '.join(f'p.{name}' for name in COLUMNS)}, p.merged_into_id)::text)"

_MINE = "r.customer_import_id = %(import)s AND r.line > %(after)s AND r.line <= %(upto)s"
_BOUGHT = """
    CASE WHEN %(bought)s OR coalesce((r.data->>'order_count')::int, 0) > 0
            OR r.data ?| %(dates)s THEN
        coalesce((r.data->>'first_order_at')::timestamptz, (r.data->>'last_order_at')::timestamptz,
                 %(undated)s::timestamptz)
    END
"""
_FIRST_DATE = (
    "least((r.data->>'first_order_at')::timestamptz, (r.data->>'last_order_at')::timestamptz)"
)
_LAST_DATE = (
    "greatest((r.data->>'first_order_at')::timestamptz, (r.data->>'last_order_at')::timestamptz)"
)
_COUNT = (
    "greatest((r.data->>'order_count')::int,"
    " CASE WHEN %(bought)s OR r.data ?| %(dates)s THEN 1 ELSE 0 END)"
)
_INSERT = f"""
    INSERT INTO profiles_profile (
        id, email, email_key, email_folded, phone, first_name, last_name, gender, shop, language,
        external_id, notes, source, account_created_at, first_order_at, last_order_at, order_count,
        order_total, bought_before, unsubscribed_at, search_text, created_at, last_contact_at)
    SELECT r.profile_id, coalesce(r.data->>'email', ''), r.email_key, r.data->>'_folded',
        coalesce(r.phone, ''), coalesce(r.data->>'first_name', ''),
        coalesce(r.data->>'last_name', ''), coalesce(r.data->>'gender', ''),
        coalesce(r.data->>'shop', ''), coalesce(r.data->>'language', %(language)s), r.external_id,
        coalesce(r.data->>'notes', ''), 'import', (r.data->>'account_created_at')::timestamptz,
        {_FIRST_DATE}, {_LAST_DATE}, {_COUNT}, coalesce((r.data->>'order_total')::bigint, 0),
        {_BOUGHT}, CASE WHEN r.data->>'unsubscribed' = 'true' THEN %(now)s::timestamptz END,
        r.data->>'_search', %(now)s, %(now)s
    FROM profiles_import_row r
    WHERE {_MINE} AND r.action = 'n' AND NOT r.done ORDER BY r.line
    ON CONFLICT DO NOTHING
"""  # noqa: S608
# That a file brings somebody again is a contact. It is taken back unless another came since.
_SEEN = "'last_contact_at', p.last_contact_at, '_seen', %(now)s::timestamptz"
_BEFORE = f"""
    UPDATE profiles_import_row r SET before = jsonb_build_object(
        {", ".join(f"'{name}', p.{name}" for name in COLUMNS)}, {_SEEN})
    FROM (SELECT * FROM profiles_profile WHERE id IN (
              SELECT r.profile_id FROM profiles_import_row r WHERE {_MINE} AND r.action = 'u')
          ORDER BY id FOR UPDATE) p
    WHERE {_MINE} AND r.action = 'u' AND NOT r.done AND p.id = r.profile_id
"""  # noqa: S608
_TEXTS = ("phone", "first_name", "last_name", "gender", "shop", "language", "notes")
_UPDATE = f"""
    UPDATE profiles_profile p SET
        email = CASE WHEN r.email_key IS NULL OR {HELD.format(key="email_key")}
            THEN p.email ELSE r.data->>'email' END,
        email_key = CASE WHEN r.email_key IS NULL OR {HELD.format(key="email_key")}
            THEN p.email_key ELSE r.email_key END,
        external_id = CASE WHEN r.external_id IS NULL OR {HELD.format(key="external_id")}
            THEN p.external_id ELSE r.external_id END,
        {", ".join(f"{name} = coalesce(r.data->>'{name}', p.{name})" for name in _TEXTS)},
        account_created_at =
            least(p.account_created_at, (r.data->>'account_created_at')::timestamptz),
        first_order_at = least(p.first_order_at, {_FIRST_DATE}),
        last_order_at = greatest(p.last_order_at, {_LAST_DATE}),
        order_count = greatest(p.order_count, {_COUNT}),
        order_total = greatest(p.order_total, (r.data->>'order_total')::bigint),
        bought_before = least(p.bought_before, {_BOUGHT}),
        unsubscribed_at = CASE WHEN r.data->>'unsubscribed' = 'true'
            THEN coalesce(p.unsubscribed_at, %(now)s) ELSE p.unsubscribed_at END,
        last_contact_at = greatest(p.last_contact_at, %(now)s)
    FROM profiles_import_row r
    WHERE {_MINE} AND r.action = 'u' AND NOT r.done AND p.id = r.profile_id
        AND p.merged_into_id IS NULL AND p.erased_at IS NULL
"""  # noqa: S608
_SAME = f"""
    WITH same AS (
        UPDATE profiles_import_row r SET before = jsonb_build_object({_SEEN})
        FROM profiles_profile p
        WHERE r.customer_import_id = %(import)s AND r.action = 's' AND r.before IS NULL
            AND p.id = r.profile_id RETURNING p.id)
    UPDATE profiles_profile p SET last_contact_at = greatest(p.last_contact_at, %(now)s)
    FROM same WHERE p.id = same.id
"""  # noqa: S608
# Somebody took the address, or the record went away, between our look and our writing.
_LOST = f"""
    UPDATE profiles_import_row r SET action = 'r', problems = '[[null, "taken", {{}}]]'::jsonb
    WHERE {_MINE} AND r.action IN ('n', 'u') AND NOT r.done AND NOT EXISTS (
        SELECT FROM profiles_profile p WHERE p.id = r.profile_id
            AND p.merged_into_id IS NULL AND p.erased_at IS NULL)
"""  # noqa: S608
_DONE = f"""
    UPDATE profiles_import_row r
    SET done = true,
        before = coalesce(r.before, '{{}}'::jsonb) || jsonb_build_object('_after', {FINGERPRINT})
    FROM profiles_profile p
    WHERE {_MINE} AND r.action IN ('n', 'u') AND NOT r.done AND p.id = r.profile_id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Batch:
    """The lines after `after` up to `upto` were taken in; `last` says that none is left."""

    after: int
    upto: int
    rejected: int
    last: bool


def apply_next(customer_import: CustomerImport, *, after: int, now: datetime) -> Batch:
    """Take in the next lines; what cannot be taken any more is rejected with its reason."""
    mine = ImportRow.objects.filter(customer_import=customer_import, line__gt=after)
    wanted = mine.filter(action__in=(RowAction.NEW, RowAction.UPDATE)).order_by("line")
    lines = list(wanted.values_list("line", flat=True)[: LINES_A_STEP + 1])
    upto = after
    if lines:
        upto = lines[LINES_A_STEP - 1] if len(lines) > LINES_A_STEP else lines[-1]
    values = {
        "import": customer_import.id,
        "bought": customer_import.bought,
        "after": after,
        "upto": upto,
        "now": now,
        "undated": now - _UNDATED,
        "dates": ["first_order_at", "last_order_at"],
        "language": current_tenant().language,
    }
    last = len(lines) <= LINES_A_STEP
    if last:
        _run(_SAME, values)
    if not lines:
        return Batch(after=after, upto=after, rejected=0, last=True)
    find_known(customer_import, after=after, upto=upto)
    for statement in (_INSERT, _BEFORE, _UPDATE, _LOST):
        _run(statement, values)
    _refresh(customer_import, after=after, upto=upto)
    rejected = mine.filter(line__lte=upto, action=RowAction.REJECTED).count()
    return Batch(after=after, upto=upto, rejected=rejected, last=last)


def settle(customer_import: CustomerImport, *, batch: Batch) -> None:
    """Mark a batch as taken in, with what its records look like now: the last act of a step."""
    _run(
        _DONE,
        {"import": customer_import.id, "after": batch.after, "upto": batch.upto},
    )


def _refresh(customer_import: CustomerImport, *, after: int, upto: int) -> None:
    """The texts that Python derives, for the records that were changed."""
    changed = ImportRow.objects.filter(
        customer_import=customer_import,
        action=RowAction.UPDATE,
        line__gt=after,
        line__lte=upto,
        done=False,
    )
    refresh(profile_ids=list(changed.values_list("profile_id", flat=True)))


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
