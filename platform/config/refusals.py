"""What a merchant's people closed, left or took back stays so, whatever is restored (R24, R25, D4).

A backup knows nothing of the key that was revoked after a leak, of the link that was used, of who
unsubscribed or asked to be forgotten since. All of it is carried over from the schema that the
restored one replaces, which is the same merchant's and still there.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from api.models import ApiKey
from tenants.profiles.personal import End
from tenants.programme import erasing
from widgets.models import ShopKey, SpaceSession

# A key that is not there any more was taken away; one that ends sooner now, ends then.
_KEYS = """
    UPDATE {table} n SET
        revoked_at = coalesce(n.revoked_at, o.revoked_at, CASE WHEN o.id IS NULL THEN %(now)s END),
        expires_at = least(n.expires_at, o.expires_at)
    FROM {table} k LEFT JOIN {old} o ON o.id = k.id WHERE k.id = n.id
"""
_LINKS = """
    INSERT INTO {table} AS n (id, purpose, profile_id, created_at, expires_at, used_at, tries)
    SELECT id, purpose, profile_id, created_at, expires_at, used_at, tries FROM {old} o
    WHERE profile_id IS NULL OR EXISTS (SELECT FROM profiles_profile p WHERE p.id = o.profile_id)
    ON CONFLICT (id) DO UPDATE SET
        used_at = coalesce(n.used_at, EXCLUDED.used_at), tries = greatest(n.tries, EXCLUDED.tries)
"""
_UNSUBSCRIPTIONS = """
    INSERT INTO {table} (id, address_hash, unsubscribed_at)
    SELECT id, address_hash, unsubscribed_at FROM {old} ON CONFLICT DO NOTHING
"""
_BOUNCES = """
    INSERT INTO {table} (id, address_hash, source, status, bounced_at)
    SELECT id, address_hash, source, status, bounced_at FROM {old} WHERE lifted_at IS NULL
    ON CONFLICT DO NOTHING
"""
_CHOICES = """
    INSERT INTO {table} AS n (id, address_hash, profile_id, refused, opens, changed_at)
    SELECT id, address_hash, (SELECT p.id FROM profiles_profile p WHERE p.id = o.profile_id),
        refused, opens, changed_at FROM {old} o
    ON CONFLICT (address_hash) DO UPDATE SET
        refused = EXCLUDED.refused, opens = EXCLUDED.opens, changed_at = EXCLUDED.changed_at
    WHERE EXCLUDED.changed_at > n.changed_at
"""
_PEOPLE = """
    UPDATE {table} n SET
        unsubscribed_at = coalesce(n.unsubscribed_at, o.unsubscribed_at),
        consented_at = CASE WHEN o.consented_at IS NOT NULL THEN n.consented_at END
    FROM {old} o WHERE o.id = n.id
"""
_WITHDRAWALS = """
    INSERT INTO {table} (id, consent_id, kind, at, how)
    SELECT id, consent_id, kind, at, how FROM {old} o WHERE kind = 'withdrawn'
        AND EXISTS (SELECT FROM profiles_consent c WHERE c.id = o.consent_id)
    ON CONFLICT DO NOTHING
"""
_FORGOTTEN = """
    INSERT INTO {table} (id, address_hash, erased_at)
    SELECT id, address_hash, erased_at FROM {old} ON CONFLICT DO NOTHING
"""
_CARRIED = (
    ("api_key", _KEYS),
    ("widgets_shop_key", _KEYS),
    ("widgets_space_link", _LINKS),
    ("messaging_unsubscription", _UNSUBSCRIPTIONS),
    ("messaging_bounce", _BOUNCES),
    ("messaging_choice", _CHOICES),
    ("profiles_profile", _PEOPLE),
    ("profiles_consent_event", _WITHDRAWALS),
    ("profiles_erased_address", _FORGOTTEN),
)
_ERASED = """
    SELECT n.id, o.forgotten_by_time FROM profiles_profile n JOIN {old} o ON o.id = n.id
    WHERE o.erased_at IS NOT NULL AND n.erased_at IS NULL AND n.merged_into_id IS NULL
"""


def carry_over(*, before: str, now: datetime) -> None:
    """In the restored schema: all that was refused in `before`, the schema that it replaces."""
    with connection.cursor() as cursor:
        for table, statement in _CARRIED:
            cursor.execute(_filled(statement, before, table), {"now": now})
        cursor.execute(_filled(_ERASED, before, "profiles_profile"))
        erased: list[tuple[uuid.UUID, bool]] = cursor.fetchall()
    for number, by_time in erased:
        end = End.TIME if by_time else End.WISH
        # The hash that keeps them away was carried over, if there was one.
        erasing.erase(profile_id=number, author_id=None, now=now, end=end, remember=False)
    _end_sessions(now)


def close_doors(*, now: datetime) -> None:
    """In a copy: nobody who had a key or an open space at the original has one here."""
    for keys in (ApiKey.objects.all(), ShopKey.objects.all()):
        keys.filter(revoked_at=None).update(revoked_at=now)
    _end_sessions(now)


def _end_sessions(now: datetime) -> None:
    SpaceSession.objects.filter(revoked_at=None).update(revoked_at=now)


def _filled(statement: str, before: str, table: str) -> Any:
    return sql.SQL(statement).format(table=sql.Identifier(table), old=sql.Identifier(before, table))
