"""Asking for work, running its next step, cancelling it."""

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import NotFoundError, RicochetError
from kernel.jobs.models import OPEN_STATES, Job, JobState
from kernel.jobs.types import Progress, Step
from kernel.outbox.services import emit

logger = logging.getLogger(__name__)

EVENT_KIND = "jobs.step"
MOST_FAILURES = 6
_FIRST_DELAY = timedelta(seconds=2)


class UnknownJobError(NotFoundError):
    """There is no such job."""

    code = "unknown_job"
    words = gettext_lazy("Ce travail n’existe pas.")


@atomic_with_retry
def start(
    *,
    kind: str,
    params: dict[str, Any],
    now: datetime,
    author_id: uuid.UUID | None = None,
    key: str | None = None,
    total: int | None = None,
) -> Job:
    """Queue work in the caller's transaction; the same `key` answers the job that exists."""
    job = Job(
        kind=kind,
        key=key,
        params=params,
        total=total,
        author_id=author_id,
        created_at=now,
        moved_at=now,
    )
    if not insert_if_absent([job]):
        return Job.objects.get(key=key)
    _ask(job, now)
    return job


def run_step(*, job_id: uuid.UUID, step: int, now: datetime) -> None:
    """Run one step and ask for the next, in the caller's transaction.

    A step that fails is rolled back alone and tried again later, MOST_FAILURES times in all; an
    error that says itself that trying again cannot help ends the job at once. A database that is
    away is the caller's to bear.
    """
    job = Job.objects.select_for_update().filter(id=job_id, state__in=OPEN_STATES).first()
    if job is None or job.step != step:
        return
    job.started_at = job.started_at or now
    try:
        with transaction.atomic():
            progress = _kinds()[job.kind](job, now)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:
        _note_failure(job, error, now)
        return
    job.step, job.failures, job.moved_at = step + 1, 0, now
    job.done, job.cursor = progress.done, progress.cursor
    job.total = progress.total if progress.total is not None else job.total
    job.result = progress.result if progress.result is not None else job.result
    job.state = JobState.DONE if progress.finished else JobState.RUNNING
    job.finished_at = now if progress.finished else None
    job.save()
    if not progress.finished:
        _ask(job, now)


@atomic_with_retry
def cancel(*, job_id: uuid.UUID, now: datetime) -> Job:
    """Stop after the step that runs now; what is done stays done."""
    job = get(job_id=job_id, lock=True)
    if job.is_open:
        job.state, job.finished_at, job.moved_at = JobState.CANCELLED, now, now
        job.save(update_fields=["state", "finished_at", "moved_at"])
    return job


@atomic_with_retry
def retry(*, job_id: uuid.UUID, now: datetime) -> Job:
    """Go on with a failed job where it stopped."""
    job = get(job_id=job_id, lock=True)
    if job.state == JobState.FAILED:
        job.state, job.failures, job.error_code = JobState.RUNNING, 0, ""
        job.finished_at, job.moved_at = None, now
        job.step += 1
        job.save()
        _ask(job, now)
    return job


def get(*, job_id: uuid.UUID, lock: bool = False) -> Job:
    """The job; UnknownJobError when there is none."""
    rows = Job.objects.select_for_update() if lock else Job.objects.all()
    job = rows.filter(id=job_id).first()
    if job is None:
        raise UnknownJobError
    return job


def _kinds() -> Mapping[str, Step]:
    kinds: Mapping[str, Step] = import_string(settings.JOB_KINDS)
    return kinds


def _ask(job: Job, now: datetime, *, wait: timedelta = timedelta()) -> None:
    emit(
        kind=EVENT_KIND,
        payload={"job_id": str(job.id), "step": job.step},
        now=now,
        due_at=now + wait if wait else None,
    )


def _note_failure(job: Job, error: Exception, now: datetime) -> None:
    code = getattr(error, "code", "") or type(error).__name__
    logger.exception("job %s (%s) failed at step %s", job.id, job.kind, job.step)
    final = isinstance(error, RicochetError) and not error.retry
    job.failures += 1
    job.error_code, job.moved_at = str(code)[:60], now
    if final or job.failures >= MOST_FAILURES:
        job.state, job.finished_at = JobState.FAILED, now
    else:
        # The next try is a step of its own number, so that the event which failed cannot run it.
        job.step += 1
        _ask(job, now, wait=_FIRST_DELAY * 2 ** (job.failures - 1))
    job.save()


__all__ = ["Progress", "cancel", "get", "retry", "run_step", "start"]
