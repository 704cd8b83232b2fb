"""Long work in steps: each step happens once, and a failure stops nothing but itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from config import jobs as table
from kernel.errors import InvalidInputError
from kernel.jobs import outbox, services
from kernel.jobs.models import JobState
from kernel.jobs.types import Progress
from kernel.outbox.models import Event
from kernel.outbox.relay import relay
from tenants.profiles.models import Profile

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def kind(monkeypatch):
    """Registers a kind of work for one test: `kind(step)` gives its name."""

    def register(step, name="test.work"):
        monkeypatch.setitem(table.KINDS, name, step)
        return name

    return register


def run(clock=timezone.now, limit=100):
    return relay(handlers=outbox.HANDLERS, clock=clock, limit=limit)


def three_rows(job, now):
    number = job.cursor.get("next", 0)
    Profile.objects.create(last_name=f"Ligne {number}", created_at=now)
    return Progress(
        done=number + 1, total=3, finished=number == 2, cursor={"next": number + 1}, result={}
    )


def test_a_job_runs_step_by_step_to_its_end(merchant, kind):
    job = services.start(kind=kind(three_rows), params={}, now=NOW)
    run(limit=1)
    job.refresh_from_db()
    assert (job.state, job.done, job.percent) == (JobState.RUNNING, 1, 33)
    run()
    job.refresh_from_db()
    assert (job.state, job.done, job.percent) == (JobState.DONE, 3, 100)
    assert Profile.objects.count() == 3


def test_the_same_key_is_one_job(merchant, kind):
    name = kind(three_rows)
    first = services.start(kind=name, params={}, key="import:1", now=NOW)
    assert services.start(kind=name, params={}, key="import:1", now=NOW).id == first.id
    assert Event.objects.filter(kind=services.EVENT_KIND).count() == 1


def test_a_step_that_comes_twice_happens_once(merchant, kind):
    """R7."""
    job = services.start(kind=kind(three_rows), params={}, now=NOW)
    for _ in range(3):
        services.run_step(job_id=job.id, step=0, now=NOW)
    assert Profile.objects.count() == 1


def test_a_step_that_fails_is_undone_and_tried_again_later(merchant, kind, caplog):
    tries = []

    def fails_once(job, now):
        Profile.objects.create(last_name="Trop tôt", created_at=now)
        tries.append(now)
        if len(tries) == 1:
            raise RuntimeError("no luck")
        return Progress(done=1, total=1, finished=True)

    job = services.start(kind=kind(fails_once), params={}, now=NOW)
    run()
    job.refresh_from_db()
    assert (job.state, job.failures, Profile.objects.count()) == (JobState.QUEUED, 1, 0)
    run(clock=lambda: timezone.now() + timedelta(minutes=1))
    job.refresh_from_db()
    assert (job.state, Profile.objects.count()) == (JobState.DONE, 1)


def test_work_that_cannot_succeed_fails_with_its_code_and_can_be_taken_up(merchant, kind, caplog):
    answers = [InvalidInputError("Ce fichier n’a pas d’en-tête.")]

    def refuses(job, now):
        if answers:
            raise answers.pop()
        return Progress(done=1, total=1, finished=True)

    job = services.start(kind=kind(refuses), params={}, now=NOW)
    run()
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "invalid_input")
    services.retry(job_id=job.id, now=NOW)
    run()
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_it_gives_up_after_so_many_failures(merchant, kind, caplog):
    def never(job, now):
        raise RuntimeError("never")

    job = services.start(kind=kind(never), params={}, now=NOW)
    for hours in range(10):
        run(clock=lambda hours=hours: timezone.now() + timedelta(hours=hours))
    job.refresh_from_db()
    assert (job.state, job.failures) == (JobState.FAILED, services.MOST_FAILURES)


def test_a_cancelled_job_takes_no_further_step(merchant, kind):
    job = services.start(kind=kind(three_rows), params={}, now=NOW)
    run(limit=1)
    services.cancel(job_id=job.id, now=NOW)
    run()
    job.refresh_from_db()
    assert (job.state, Profile.objects.count()) == (JobState.CANCELLED, 1)


def test_a_database_that_is_away_is_not_the_jobs_failure(merchant, kind):
    def away(job, now):
        raise OperationalError("gone")

    job = services.start(kind=kind(away), params={}, now=NOW)
    with pytest.raises(OperationalError):
        services.run_step(job_id=job.id, step=0, now=NOW)
    job.refresh_from_db()
    assert job.failures == 0
