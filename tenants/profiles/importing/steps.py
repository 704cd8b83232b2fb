"""The steps of the three works on a file: try it out, take it in, take it back."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kernel.jobs.models import Job
from kernel.jobs.types import Progress
from tenants.profiles.importing import applying, matching, staging, storing, undoing
from tenants.profiles.importing.applying import Batch
from tenants.profiles.importing.errors import ImportNotWholeError
from tenants.profiles.importing.opening import lines
from tenants.profiles.importing.services import get
from tenants.profiles.models import CustomerImport, ImportRow, ImportState, RowAction

# What a higher floor does besides, in the same transaction.
AfterMatching = Callable[[CustomerImport], None]
AfterBatch = Callable[[CustomerImport, Batch, datetime], None]
BeforeUndoing = Callable[[CustomerImport, int, int], None]


def _import_of(job: Job) -> CustomerImport:
    return get(import_id=uuid.UUID(job.params["import_id"]), lock=True)


def check(job: Job, now: datetime, *, after_matching: AfterMatching) -> Progress:
    """Read the file, clean its lines chunk by chunk, then say what each would do."""
    found = _import_of(job)
    chunk = job.cursor.get("chunk")
    if chunk is None:
        return _read(found)
    staged = staging.stage(found, chunk=chunk, now=now)
    if staged:
        return Progress(
            done=job.done + staged, total=job.total, finished=False, cursor={"chunk": chunk + 1}
        )
    matching.match(found)
    after_matching(found)
    found.counts = matching.counts(found)
    found.state = ImportState.CHECKED
    found.save(update_fields=["counts", "state"])
    return Progress(done=job.done, finished=True, result=found.counts)


def _read(found: CustomerImport) -> Progress:
    """The file's lines, stored so that each step finds its own."""
    staging.restart(found)
    source = lines(
        storing.read_file(found),
        kind=found.kind,
        encoding=found.encoding,
        delimiter=found.delimiter,
    )
    next(source, None)  # the header
    found.rows = storing.keep_lines(found, source)
    found.save(update_fields=["rows"])
    return Progress(done=0, total=found.rows, finished=False, cursor={"chunk": 0})


def take_in(job: Job, now: datetime, *, after_batch: AfterBatch) -> Progress:
    """Take in the next lines. Where all or none was asked and one is refused, all goes back."""
    found = _import_of(job)
    phase, after = job.cursor.get("phase", "in"), int(job.cursor.get("after", 0))
    if phase == "refuse":
        raise ImportNotWholeError
    if phase == "back":
        return _go_back(job, found, after)
    batch = applying.apply_next(found, after=after, now=now)
    if found.whole and batch.rejected:
        return Progress(
            done=job.done, total=job.total, finished=False, cursor={"phase": "back", "after": 0}
        )
    after_batch(found, batch, now)
    applying.settle(found, batch=batch)
    taken = ImportRow.objects.filter(customer_import=found, done=True).count()
    if batch.last:
        found.counts = matching.counts(found)
        found.state = ImportState.APPLIED
        found.save(update_fields=["counts", "state"])
    return Progress(
        done=taken,
        finished=batch.last,
        cursor={"after": batch.upto},
        result=found.counts if batch.last else None,
    )


def _go_back(job: Job, found: CustomerImport, after: int) -> Progress:
    """All or none: what went in before the refusal leaves again."""
    reached, _counts, last = undoing.undo_next(found, after=after)
    cursor: dict[str, Any] = {"phase": "refuse" if last else "back", "after": reached}
    if last:
        found.counts = matching.counts(found)
        found.state, found.applied_at = ImportState.CHECKED, None
        found.save(update_fields=["counts", "state", "applied_at"])
    return Progress(done=0, finished=False, cursor=cursor)


def take_back(job: Job, now: datetime, *, before_undoing: BeforeUndoing) -> Progress:
    """Take the next lines of an import back."""
    found = _import_of(job)
    after = int(job.cursor.get("after", 0))
    before_undoing(found, after, undoing.LINES_A_STEP)
    reached, counts, last = undoing.undo_next(found, after=after)
    result = {name: job.result.get(name, 0) + count for name, count in counts.items()}
    if last:
        found.state = ImportState.UNDONE
        found.save(update_fields=["state"])
    return Progress(
        done=sum(result.values()), finished=last, cursor={"after": reached}, result=result
    )


def rejected_lines(found: CustomerImport) -> dict[int, list[Any]]:
    """The problems of every rejected line, by its number."""
    rows = ImportRow.objects.filter(customer_import=found, action=RowAction.REJECTED)
    return {line: why or [] for line, why in rows.order_by("line").values_list("line", "problems")}
