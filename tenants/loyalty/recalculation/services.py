"""Counting a recalculation, and starting it once it was seen.

The work itself is done in steps by `counting` and `applying`, as jobs (`kernel.jobs`).
"""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from kernel.db import atomic_with_retry
from kernel.jobs import services as jobs
from kernel.jobs.models import OPEN_STATES, Job
from tenants.loyalty.models import LoyaltyVersion
from tenants.loyalty.recalculation.errors import (
    CountTooOldError,
    InvalidPeriodError,
    NoRulesError,
    NotCountedError,
    RunInProgressError,
    UnknownRunError,
)
from tenants.loyalty.recalculation.models import Run, RunKind, RunState

COUNT = "loyalty.count"
APPLY = "loyalty.recalculate"
PERIODS = (3, 6, 12, None)
_COUNT_HOLDS_FOR = timedelta(days=1)


@atomic_with_retry
def count(
    *,
    kind: RunKind,
    months: int | None,
    since: datetime | None,
    author_id: uuid.UUID | None,
    now: datetime,
) -> Run:
    """Begin to count what a recalculation would change; nothing is changed yet.

    The facts from `since` (`months` ago on the merchant's calendar; None for ever) to `now` are
    looked at. A reset always looks at everything. Counts that nobody confirmed are dropped.
    Raises InvalidPeriodError, NoRulesError, RunInProgressError.
    """
    if months not in PERIODS or (months is None) != (since is None):
        raise InvalidPeriodError(param="months")
    if kind == RunKind.RESET and months is not None:
        raise InvalidPeriodError(param="months")
    rules = LoyaltyVersion.objects.order_by("-starts_at", "-number").first()
    if rules is None:
        raise NoRulesError
    _make_room()
    waiting = (RunState.COUNTING, RunState.COUNTED)
    for earlier in Run.objects.select_for_update().filter(state__in=waiting).order_by("id"):
        _drop(earlier, now)
    run = Run(
        kind=kind,
        months=months,
        since=since,
        until=now,
        unit=rules.unit,
        state=RunState.COUNTING,
        author_id=author_id,
        created_at=now,
    )
    job = jobs.start(kind=COUNT, params={"run_id": str(run.id)}, now=now, author_id=author_id)
    run.count_job_id = job.id
    run.save(force_insert=True)
    return run


@atomic_with_retry
def confirm(*, run_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Run:
    """Carry out what was counted and shown, in the background. Twice starts it once.

    Raises UnknownRunError, NotCountedError, CountTooOldError, RunInProgressError.
    """
    run = get(run_id=run_id, lock=True)
    if run.state == RunState.RUNNING:
        return run
    if run.state != RunState.COUNTED:
        raise NotCountedError
    if now - run.created_at > _COUNT_HOLDS_FOR:
        raise CountTooOldError
    _make_room()
    job = jobs.start(
        kind=APPLY,
        params={"run_id": str(run.id)},
        now=now,
        author_id=author_id,
        key=f"recalculation:{run.id}",
        total=run.lines.count(),
    )
    run.state, run.confirmed_at, run.job_id = RunState.RUNNING, now, job.id
    run.author_id = author_id
    try:
        with transaction.atomic():
            run.save(update_fields=["state", "confirmed_at", "job_id", "author_id"])
    except IntegrityError as error:  # another one was confirmed at this very moment
        raise RunInProgressError from error
    return run


@atomic_with_retry
def drop(*, run_id: uuid.UUID, now: datetime) -> Run:
    """Give up a count that was not confirmed; one that runs or is done is answered as it is."""
    run = get(run_id=run_id, lock=True)
    if run.state in (RunState.COUNTING, RunState.COUNTED):
        _drop(run, now)
    return run


def get(*, run_id: uuid.UUID, lock: bool = False) -> Run:
    """The recalculation; UnknownRunError when there is none."""
    rows = Run.objects.select_for_update() if lock else Run.objects.all()
    run = rows.filter(id=run_id).first()
    if run is None:
        raise UnknownRunError
    return run


def is_at_work(run: Run) -> bool:
    """Whether its job still goes on: one that was cancelled or failed has ended early."""
    if run.state != RunState.RUNNING or run.job_id is None:
        return False
    return Job.objects.filter(id=run.job_id, state__in=OPEN_STATES).exists()


def _drop(run: Run, now: datetime) -> None:
    run.state, run.finished_at = RunState.DROPPED, now
    # Its job finds that out by itself: cancelled here, it would be locked the other way round.
    run.save(update_fields=["state", "finished_at"])


def _make_room() -> None:
    """Raise RunInProgressError while one is at work; one whose job has ended early is over."""
    for run in Run.objects.select_for_update().filter(state=RunState.RUNNING):
        if is_at_work(run):
            raise RunInProgressError
        run.state = RunState.STOPPED
        run.save(update_fields=["state"])
