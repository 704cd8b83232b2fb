"""Who is in the loyalty programme: joining, leaving, and many at once (SO-07, SO-11).

Joining twice is joining once, and leaving twice is leaving once: whoever asks again changes
nothing, and keeps the day and the source of the first time.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry
from tenants.loyalty.models import Membership


class JoinedBy(models.TextChoices):
    """How somebody joined, as `Membership.source` keeps it."""

    CHECKOUT = "checkout", _("Case cochée à la commande")
    SPACE = "space", _("Espace client")
    MANUAL = "manual", _("À la main")
    IMPORT = "import", _("Import")
    API = "api", _("API")


_JOIN = """
    INSERT INTO loyalty_membership (profile_id, joined_at, left_at, source)
    SELECT wanted.id, %s, NULL, %s FROM unnest(%s::uuid[]) AS wanted (id) ORDER BY wanted.id
    ON CONFLICT (profile_id) DO UPDATE
        SET joined_at = EXCLUDED.joined_at, left_at = NULL, source = EXCLUDED.source
        WHERE loyalty_membership.left_at IS NOT NULL
    RETURNING profile_id
"""
_LEAVE = """
    WITH leaving AS (
        SELECT profile_id FROM loyalty_membership
        WHERE profile_id = ANY(%s) AND left_at IS NULL ORDER BY profile_id FOR UPDATE
    )
    UPDATE loyalty_membership SET left_at = %s
    FROM leaving WHERE loyalty_membership.profile_id = leaving.profile_id
    RETURNING loyalty_membership.profile_id
"""


def join(*, profile_id: uuid.UUID, source: str, now: datetime) -> bool:
    """Make a customer a member; False when they were one already."""
    return bool(join_many(profile_ids=[profile_id], source=source, now=now))


def leave(*, profile_id: uuid.UUID, now: datetime) -> bool:
    """End a membership; False when there was none. What was earned stays earned."""
    return bool(leave_many(profile_ids=[profile_id], now=now))


@atomic_with_retry
def join_many(*, profile_ids: Collection[uuid.UUID], source: str, now: datetime) -> set[uuid.UUID]:
    """Make all these customers members, in one statement; returns those who were not before."""
    return _changed(_JOIN, [now, source, sorted(set(profile_ids))]) if profile_ids else set()


@atomic_with_retry
def leave_many(*, profile_ids: Collection[uuid.UUID], now: datetime) -> set[uuid.UUID]:
    """End the memberships of all these customers; returns those who were members."""
    return _changed(_LEAVE, [sorted(set(profile_ids)), now]) if profile_ids else set()


def set_many(
    *, profile_ids: Collection[uuid.UUID], member: bool, source: str, now: datetime
) -> set[uuid.UUID]:
    """What a file's column says, 1 or 0; returns those for whom that changed something."""
    if member:
        return join_many(profile_ids=profile_ids, source=source, now=now)
    return leave_many(profile_ids=profile_ids, now=now)


def is_member(*, profile_id: uuid.UUID) -> bool:
    """Whether this customer is in the programme now."""
    return Membership.objects.filter(profile_id=profile_id, left_at__isnull=True).exists()


def members_among(*, profile_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these customers are in the programme now."""
    rows = Membership.objects.filter(profile_id__in=list(profile_ids), left_at__isnull=True)
    return set(rows.values_list("profile_id", flat=True))


def _changed(statement: str, values: list[Any]) -> set[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}
