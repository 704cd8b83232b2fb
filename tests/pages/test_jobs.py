"""The page of a long work: how far it is, how it ended, and what to do about it (B9)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config import jobs as table
from kernel.errors import InvalidInputError
from kernel.jobs import services
from kernel.jobs.models import Job, JobState
from kernel.jobs.types import Progress
from tenants.programme.job_page import JobPage, Link
from tenants.programme.job_pages import PAGES
from tests.pages.conftest import text_of

KIND = "test.count"


class EmptyFileError(InvalidInputError):
    """For these tests."""

    code = "test_empty_file"
    words = "Ce fichier est vide."


def counted(job, now):
    if job.params.get("refuses"):
        raise EmptyFileError
    done = job.done + 400
    return Progress(done=min(done, 1480), total=1480, finished=done >= 1480, result={"kept": 12})


@pytest.fixture
def start(merchant, monkeypatch):
    monkeypatch.setitem(table.KINDS, KIND, counted)
    page = JobPage(
        title="Import de clients.csv",
        back=lambda _job: ("/clients", "Clients"),
        done=lambda job: f"{job.result['kept']} fiches gardées.",
        links=lambda _job: [Link("Voir les clients", "/clients")],
    )
    monkeypatch.setitem(PAGES, KIND, page)

    def begin(**params):
        return services.start(kind=KIND, params=params, now=timezone.now())

    return begin


def step(job: Job) -> Job:
    job.refresh_from_db()
    services.run_step(job_id=job.id, step=job.step, now=timezone.now())
    job.refresh_from_db()
    return job


def test_a_job_that_runs_says_how_far_it_is_and_is_asked_again(claire, start):
    job = step(start())
    Job.objects.filter(id=job.id).update(started_at=timezone.now() - timedelta(seconds=10))
    page = claire.get(f"/travaux/{job.public_id}")
    text = text_of(page)
    assert "400 sur 1 480. Encore 25 secondes environ. Vous pouvez quitter cette page." in text
    assert "27 %" in text
    assert f'hx-get="/travaux/{job.public_id}/etat"' in page.content.decode()
    part = claire.get(f"/travaux/{job.public_id}/etat").content.decode()
    assert "<html" not in part
    assert "hx-get" in part


def test_the_end_says_what_came_of_it_and_asks_no_more(claire, start):
    job = start()
    for _ in range(4):
        job = step(job)
    assert job.state == JobState.DONE
    page = claire.get(f"/travaux/{job.public_id}/etat")
    assert "12 fiches gardées." in text_of(page)
    assert "Voir les clients" in text_of(page)
    assert "hx-get" not in page.content.decode()


def test_a_failure_is_said_in_its_errors_words_and_can_be_taken_up(claire, louis, start):
    job = step(start(refuses=True))
    assert job.state == JobState.FAILED
    assert "Ce fichier est vide." in text_of(claire.get(f"/travaux/{job.public_id}"))
    assert "Reprendre" not in text_of(louis.get(f"/travaux/{job.public_id}"))
    assert louis.post(f"/travaux/{job.public_id}/reprendre").status_code == 403
    Job.objects.filter(id=job.id).update(params={})
    assert claire.post(f"/travaux/{job.public_id}/reprendre").status_code == 302
    assert step(job).done == 400


def test_a_cancelled_job_takes_no_further_step(claire, start):
    job = step(start())
    assert claire.post(f"/travaux/{job.public_id}/arreter").status_code == 302
    assert step(job).state == JobState.CANCELLED
    assert job.done == 400
    assert "Arrêté à votre demande. 400 sur 1 480" in text_of(
        claire.get(f"/travaux/{job.public_id}")
    )


def test_an_unknown_job_and_a_kind_without_a_page_of_its_own(claire, merchant):
    assert claire.get("/travaux/job_00000000000000000000000000").status_code == 404
    assert claire.get("/travaux/nonsense").status_code == 404
    job = services.start(kind="something.else", params={}, now=timezone.now())
    assert "En attente de son tour" in text_of(claire.get(f"/travaux/{job.public_id}"))
