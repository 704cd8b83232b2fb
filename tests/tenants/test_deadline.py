"""R9: what a process does with a database that stopped answering."""

import time

import psycopg
import pytest
from django.db import DatabaseError, connection

from tenants.database import deadline
from tenants.models import Tenant
from tests.fixtures.together import together


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that waits half a second for an answer."""
    monkeypatch.setattr(deadline, "_limit", [])
    deadline.give_up_after(0.5)


def sleep(seconds: float) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
    return "done"


def test_a_statement_without_an_answer_is_given_up_and_its_connection_with_it(
    live_merchant: Tenant, hurried: None, django_db_blocker: object
) -> None:
    """The connection cannot be used again: the answer to the old question may still come."""

    def wait() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        started = time.monotonic()
        with pytest.raises(DatabaseError, match="did not answer in time"):
            sleep(20)
        assert time.monotonic() - started < 5
        assert not connection.is_usable()
        connection.close()
        with connection.cursor() as cursor:
            # The server itself would go on to the end, and keep the test's database busy.
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        return sleep(0)

    assert together([wait], tenant=live_merchant, blocker=django_db_blocker) == ["done"]


def test_without_a_limit_one_waits(live_merchant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and workers: migrations may be slow."""
    # Another test may have started the web's own process in this one.
    monkeypatch.setattr(deadline, "_limit", [])
    assert sleep(0.8) == "done"


def test_answers_come_whole_under_a_limit(live_merchant: Tenant, hurried: None) -> None:
    """Many rows, errors and COPY go through as without it."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as plain:
        expected = plain.execute("SELECT generate_series(1, 20000)").fetchall()
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT generate_series(1, 20000)")
        assert cursor.fetchall() == expected
    with pytest.raises(DatabaseError, match="no_such_table"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert sleep(0.1) == "done"
