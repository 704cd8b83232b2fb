"""A file of customers, from the upload to the way back. The steps themselves are jobs' work."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from kernel.db import atomic_with_retry
from kernel.jobs.models import Job, JobState
from tenants.profiles.importing import storing
from tenants.profiles.importing.errors import (
    FieldTwiceError,
    ImportBusyError,
    ImportNotWholeError,
    NothingToMatchError,
    TooLateToUndoError,
    UnknownImportError,
)
from tenants.profiles.importing.fields import BY_KEY, IDENTITIES, guess, title_of
from tenants.profiles.importing.opening import inspect
from tenants.profiles.models import CustomerImport, ImportState

KEPT_FOR = timedelta(days=7)
UNDONE_WITHIN = timedelta(hours=24)
_REMEMBERED = 5


@atomic_with_retry
def upload(
    *,
    key: uuid.UUID,
    file_name: str,
    data: bytes,
    offered: Collection[str],
    author_id: uuid.UUID | None,
    now: datetime,
) -> CustomerImport:
    """Take a file and guess what its columns are; the same `key` again answers the same import.

    Raises the errors of `importing.errors` for what cannot be a list of customers.
    """
    earlier = CustomerImport.objects.filter(id=key).first()
    if earlier is not None:
        return earlier
    shape = inspect(data)
    made = CustomerImport.objects.create(
        id=key,
        file_name=" ".join(file_name.split())[-160:] or "clients",
        kind=shape.kind,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        size=len(data),
        rows=shape.rows,
        headers=shape.headers,
        mapping=guess(shape.headers, known=remembered(), offered=offered),
        author_id=author_id,
        created_at=now,
        forget_at=now + KEPT_FOR,
    )
    storing.keep_file(made, data)
    return made


def remembered() -> dict[str, str]:
    """What columns of these titles were named in the last imports."""
    known: dict[str, str] = {}
    recent = CustomerImport.objects.exclude(state=ImportState.UPLOADED).order_by("-created_at")
    for earlier in reversed(recent[:_REMEMBERED]):
        known |= {
            title_of(earlier.headers[int(number)]): key
            for number, key in earlier.mapping.items()
            if int(number) < len(earlier.headers)
        }
    return known


@atomic_with_retry
def read_as(*, import_id: uuid.UUID, encoding: str, offered: Collection[str]) -> CustomerImport:
    """Read a CSV again in another encoding; raises WrongEncodingError where that cannot be."""
    found = get(import_id=import_id, lock=True)
    _expect(found, ImportState.UPLOADED, ImportState.CHECKED)
    shape = inspect(storing.read_file(found), encoding=encoding)
    found.encoding, found.delimiter = shape.encoding, shape.delimiter
    found.headers, found.rows = shape.headers, shape.rows
    found.mapping = guess(shape.headers, known=remembered(), offered=offered)
    found.state = ImportState.UPLOADED
    found.save()
    return found


@atomic_with_retry
def name_columns(
    *,
    import_id: uuid.UUID,
    mapping: Mapping[str, str],
    offered: Collection[str],
    bought: bool = False,
) -> CustomerImport:
    """Keep what each column is; the next thing is to try it out.

    `bought` says that every line is somebody who bought before, whatever the columns tell.
    """
    found = get(import_id=import_id, lock=True)
    _expect(found, ImportState.UPLOADED, ImportState.CHECKED)
    chosen = {
        number: key
        for number, key in mapping.items()
        if key in BY_KEY and key in offered and int(number) < len(found.headers)
    }
    if len(set(chosen.values())) < len(chosen):
        raise FieldTwiceError
    if not set(chosen.values()) & set(IDENTITIES):
        raise NothingToMatchError
    found.mapping, found.bought = chosen, bought
    found.state = ImportState.CHECKING
    found.save(update_fields=["mapping", "bought", "state"])
    return found


@atomic_with_retry
def begin_applying(*, import_id: uuid.UUID, whole: bool, now: datetime) -> CustomerImport:
    """Say that the lines may be taken in; `whole` refuses where one of them cannot."""
    found = get(import_id=import_id, lock=True)
    if found.state == ImportState.APPLYING:
        _expect_stopped(found)
    else:
        _expect(found, ImportState.CHECKED)
    if whole and found.counts.get("rejected"):
        raise ImportNotWholeError
    found.state, found.whole = ImportState.APPLYING, whole
    found.applied_at = found.applied_at or now
    found.save(update_fields=["state", "whole", "applied_at"])
    return found


@atomic_with_retry
def begin_undoing(*, import_id: uuid.UUID, now: datetime) -> CustomerImport:
    """Say that the import is to be taken back, within a day of it."""
    found = get(import_id=import_id, lock=True)
    if found.state in (ImportState.APPLYING, ImportState.UNDOING):
        _expect_stopped(found)
    else:
        _expect(found, ImportState.APPLIED)
    if not may_undo(found, now=now):
        raise TooLateToUndoError
    found.state = ImportState.UNDOING
    found.save(update_fields=["state"])
    return found


def may_undo(found: CustomerImport, *, now: datetime) -> bool:
    """Whether an import that was taken in can still be taken back."""
    return found.applied_at is not None and now <= found.applied_at + UNDONE_WITHIN


@atomic_with_retry
def set_job(*, import_id: uuid.UUID, job: Job) -> None:
    """Remember which work is on this import."""
    CustomerImport.objects.filter(id=import_id).update(job_id=job.id)


@atomic_with_retry
def discard(*, import_id: uuid.UUID) -> None:
    """Throw away a file that was not taken in."""
    found = get(import_id=import_id, lock=True)
    if found.state == ImportState.CHECKING:
        _expect_stopped(found)
    else:
        _expect(found, ImportState.UPLOADED, ImportState.CHECKED)
    found.delete()


def resume_point(found: CustomerImport) -> ImportState:
    """The state to show: work that was stopped or failed gives the page back to its person."""
    state = ImportState(found.state)
    if state == ImportState.CHECKING and is_stopped(found):
        return ImportState.UPLOADED
    return state


def get(*, import_id: uuid.UUID, lock: bool = False) -> CustomerImport:
    """The import; UnknownImportError when there is none."""
    rows = CustomerImport.objects.select_for_update() if lock else CustomerImport.objects.all()
    found = rows.filter(id=import_id).first()
    if found is None:
        raise UnknownImportError
    if found.state == ImportState.CHECKING and lock and is_stopped(found):
        found.state = ImportState.UPLOADED
    return found


def is_stopped(found: CustomerImport) -> bool:
    """Whether the work on it ended before its end."""
    over = (JobState.CANCELLED, JobState.FAILED)
    rows = Job.objects.filter(state__in=over)
    return found.job_id is not None and rows.filter(id=found.job_id).exists()


def _expect(found: CustomerImport, *states: ImportState) -> None:
    if found.state not in states:
        raise ImportBusyError


def _expect_stopped(found: CustomerImport) -> None:
    if not is_stopped(found):
        raise ImportBusyError
