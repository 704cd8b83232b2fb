"""A file of customers from end to end: the profiles' steps, and the loyalty column beside them.

The works run in the background: `start_check`, `start_import`, `start_undo` give the job to watch.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from billing.plans import Limit
from kernel.db import atomic_with_retry
from kernel.jobs import services as jobs
from kernel.jobs.models import OPEN_STATES, Job
from kernel.jobs.types import Progress, Step
from tenants import limits
from tenants.features import Feature, is_on
from tenants.loyalty import membership
from tenants.loyalty.membership import JoinedBy
from tenants.loyalty.models import Membership
from tenants.profiles.importing import services, steps
from tenants.profiles.importing.applying import Batch
from tenants.profiles.importing.fields import FIELDS
from tenants.profiles.models import CustomerImport, ImportRow, RowAction

CHECK = "customers.check"
IMPORT = "customers.import"
UNDO = "customers.undo_import"
_MEMBER = "loyalty_member"

# A line whose only news is that somebody joins, or leaves.
_DIFFERS = """
    UPDATE profiles_import_row r SET action = 'u'
    WHERE r.customer_import_id = %s AND r.action = 's' AND r.data ? 'loyalty_member'
        AND (r.data->>'loyalty_member')::boolean <> EXISTS (
            SELECT FROM loyalty_membership m WHERE m.profile_id = r.profile_id
                AND m.left_at IS NULL)
"""
_REMEMBER = """
    UPDATE profiles_import_row r
    SET before = coalesce(r.before, '{}'::jsonb) || jsonb_build_object('_membership',
        (SELECT to_jsonb(m) FROM loyalty_membership m WHERE m.profile_id = r.profile_id))
    WHERE r.customer_import_id = %s AND r.line > %s AND r.line <= %s AND NOT r.done
        AND r.action IN ('n', 'u') AND r.data ? 'loyalty_member'
"""
_PUT_BACK = """
    INSERT INTO loyalty_membership
    SELECT (jsonb_populate_record(NULL::loyalty_membership, before)).*
    FROM jsonb_array_elements(%s::jsonb) AS before
    ON CONFLICT (profile_id) DO UPDATE
        SET joined_at = excluded.joined_at, left_at = excluded.left_at, source = excluded.source
"""


def offered() -> set[str]:
    """What a column may be: loyalty's only where loyalty is on (OF-07)."""
    keys = {field.key for field in FIELDS}
    return keys if is_on(Feature.LOYALTY) else keys - {_MEMBER}


@atomic_with_retry
def start_check(
    *,
    import_id: uuid.UUID,
    mapping: Mapping[str, str],
    author_id: uuid.UUID | None,
    now: datetime,
    bought: bool = False,
) -> Job:
    """Keep what the columns are and whether all bought before, and try the file out."""
    found = services.name_columns(
        import_id=import_id, mapping=mapping, offered=offered(), bought=bought
    )
    return _start(CHECK, found, found.rows, author_id, now)


@atomic_with_retry
def start_import(
    *, import_id: uuid.UUID, whole: bool, author_id: uuid.UUID | None, now: datetime
) -> Job:
    """Take the lines in: all of them or none (`whole`), else those that can be.

    Raises LimitReachedError where the plan has no room for so many customers more.
    """
    found = services.begin_applying(import_id=import_id, whole=whole, now=now)
    limits.require(Limit.PROFILES, now=now, more=_new_in([found.id]))
    total = found.counts.get("new", 0) + found.counts.get("updated", 0)
    return _start(IMPORT, found, total, author_id, now)


@atomic_with_retry
def start_undo(*, import_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Job:
    """Take an import back, within a day."""
    found = services.begin_undoing(import_id=import_id, now=now)
    total = ImportRow.objects.filter(customer_import=found, done=True).count()
    return _start(UNDO, found, total, author_id, now)


def still_to_make() -> int:
    """In the current tenant: the customers of imports that have begun who are not there yet."""
    under_way = Job.objects.filter(kind=IMPORT, state__in=OPEN_STATES)
    return _new_in([uuid.UUID(job.params["import_id"]) for job in under_way])


def _new_in(import_ids: list[uuid.UUID]) -> int:
    lines = ImportRow.objects.filter(customer_import__in=import_ids, action=RowAction.NEW)
    return lines.filter(done=False).count() if import_ids else 0


def _start(
    kind: str, found: CustomerImport, total: int, author_id: uuid.UUID | None, now: datetime
) -> Job:
    job = jobs.start(
        kind=kind, params={"import_id": str(found.id)}, now=now, author_id=author_id, total=total
    )
    services.set_job(import_id=found.id, job=job)
    return job


def _check(job: Job, now: datetime) -> Progress:
    return steps.check(job, now, after_matching=_mark_joining)


def _import(job: Job, now: datetime) -> Progress:
    return steps.take_in(job, now, after_batch=_join)


def _undo(job: Job, now: datetime) -> Progress:
    return steps.take_back(job, now, before_undoing=_part)


KINDS: dict[str, Step] = {CHECK: _check, IMPORT: _import, UNDO: _undo}


def _has_members(found: CustomerImport) -> bool:
    return _MEMBER in found.mapping.values() and is_on(Feature.LOYALTY)


def _mark_joining(found: CustomerImport) -> None:
    if _has_members(found):
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERS, [found.id])


def _join(found: CustomerImport, batch: Batch, now: datetime) -> None:
    """SO-11: who is to be a member becomes one, who is not to be one ceases to be."""
    if not _has_members(found):
        return
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [found.id, batch.after, batch.upto])
    rows = ImportRow.objects.filter(
        customer_import=found,
        line__gt=batch.after,
        line__lte=batch.upto,
        action__in=(RowAction.NEW, RowAction.UPDATE),
        done=False,
    )
    for wanted in (True, False):
        ids = rows.filter(data__loyalty_member=wanted).values_list("profile_id", flat=True)
        membership.set_many(profile_ids=list(ids), member=wanted, source=JoinedBy.IMPORT, now=now)


def _part(found: CustomerImport, after: int, limit: int) -> None:
    """Memberships as they were: before the records, which cannot go while one points at them."""
    rows = ImportRow.objects.filter(customer_import=found, line__gt=after, done=True)
    earlier = [
        (profile_id, before["_membership"])
        for profile_id, before in rows.order_by("line").values_list("profile_id", "before")[:limit]
        if before and "_membership" in before
    ]
    fresh = [profile_id for profile_id, before in earlier if before is None]
    Membership.objects.filter(profile_id__in=fresh, source=JoinedBy.IMPORT).delete()
    known = [before for _profile_id, before in earlier if before is not None]
    if known:
        with connection.cursor() as cursor:
            cursor.execute(_PUT_BACK, [json.dumps(known)])
