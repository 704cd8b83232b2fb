"""Taking an import back: what it made goes, what it changed is as it was.

A record that changed since, or to which something happened, is left alone and counted.
"""

from typing import Any

from django.db import connection

from kernel.ledger.models import Account
from tenants.profiles.derived import refresh
from tenants.profiles.importing.applying import COLUMNS, FINGERPRINT
from tenants.profiles.models import CustomerImport, ImportRow, RowAction
from tenants.profiles.references import keys_to_profiles

LINES_A_STEP = 4_000
_MINE = "r.customer_import_id = %(import)s AND r.line > %(after)s AND r.line <= %(upto)s AND r.done"
_AS_LEFT = f"{FINGERPRINT} = r.before->>'_after'"
_SEEN_BEFORE = """
    CASE WHEN p.last_contact_at = (r.before->>'_seen')::timestamptz
        THEN (r.before->>'last_contact_at')::timestamptz ELSE p.last_contact_at END
"""
_SAME = f"""
    UPDATE profiles_profile p SET last_contact_at = {_SEEN_BEFORE}
    FROM profiles_import_row r
    WHERE r.customer_import_id = %(import)s AND r.action = 's' AND p.id = r.profile_id
        AND r.before IS NOT NULL
"""  # noqa: S608
_RESTORE = f"""
    UPDATE profiles_profile p SET
        {", ".join(f"{name} = b.{name}" for name in COLUMNS)},
        last_contact_at = {_SEEN_BEFORE}
    FROM profiles_import_row r, jsonb_populate_record(NULL::profiles_profile, r.before) b
    WHERE {_MINE} AND r.action = 'u' AND p.id = r.profile_id AND {_AS_LEFT}
        AND NOT EXISTS (SELECT FROM profiles_profile o WHERE o.id <> p.id
            AND (o.email_key = b.email_key OR o.external_id = b.external_id))
    RETURNING p.id
"""  # noqa: S608


def undo_next(customer_import: CustomerImport, *, after: int) -> tuple[int, dict[str, int], bool]:
    """Take the next lines back: the last line reached, the counts, and whether that was all."""
    mine = ImportRow.objects.filter(
        customer_import=customer_import,
        line__gt=after,
        done=True,
        action__in=(RowAction.NEW, RowAction.UPDATE),
    ).order_by("line")
    found = list(mine.values_list("line", "action")[: LINES_A_STEP + 1])
    last = len(found) <= LINES_A_STEP
    if last:
        _forget_unchanged(customer_import)
    if not found:
        return after, {"removed": 0, "restored": 0, "kept": 0}, True
    found = found[:LINES_A_STEP]
    values = {"import": customer_import.id, "after": after, "upto": found[-1][0]}
    removed = _remove(values)
    restored = _restore(values)
    counts = {"removed": removed, "restored": restored, "kept": len(found) - removed - restored}
    mine.filter(line__lte=found[-1][0]).update(done=False)
    return found[-1][0], counts, last


def _forget_unchanged(customer_import: CustomerImport) -> None:
    """That the file named those whom it did not change."""
    with connection.cursor() as cursor:
        cursor.execute(_SAME, {"import": customer_import.id})
    same = ImportRow.objects.filter(customer_import=customer_import, action=RowAction.SAME)
    same.update(before=None)


def _remove(values: dict[str, Any]) -> int:
    unused = " AND ".join(
        f"NOT EXISTS (SELECT FROM {table} o WHERE o.{column} = p.id)"
        for table, column in _references()
    )
    statement = (
        "DELETE FROM profiles_profile p USING profiles_import_row r"  # noqa: S608
        f" WHERE {_MINE} AND r.action = 'n' AND p.id = r.profile_id AND {_AS_LEFT} AND {unused}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _restore(values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, values)
        changed = [row[0] for row in cursor.fetchall()]
    refresh(profile_ids=changed)
    return len(changed)


def _references() -> list[tuple[str, str]]:
    """Every table that points at a customer, of whatever room: what happened to somebody."""
    found = [(Account._meta.db_table, "owner_id")]
    return found + [(model._meta.db_table, str(key.column)) for model, key in keys_to_profiles()]
