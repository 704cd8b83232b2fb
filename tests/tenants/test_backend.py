"""R17: a statement never runs in a schema that was not set."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import Error, connection, connections, transaction
from django.db.utils import DatabaseError, OperationalError
from django_tenants.postgresql_backend.base import DatabaseWrapper as TheirWrapper

from tests.fixtures.effort import effort
from tests.tenants.faults import RefusedSet, cancelling

Schemas = tuple[str, str]
Ask = Callable[..., list[tuple[object, ...]]]


def who() -> str:
    """The schema that a statement really ran in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM who")
        return str(cursor.fetchone()[0])


def note(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO log (name) VALUES (%s)", [text])


@contextmanager
def refused(share: float = 1.0, seed: int = 0) -> Iterator[RefusedSet]:
    fault = RefusedSet(random.Random(seed), share)
    with connection.execute_wrapper(fault):
        yield fault


@contextmanager
def unguarded_wrapper() -> Iterator[None]:
    """django-tenants' own wrapper in place of ours."""
    ours = connections["default"]
    connections["default"] = theirs = TheirWrapper(ours.settings_dict)
    try:
        yield
    finally:
        theirs.close()
        connections["default"] = ours


def read_right_after_a_refused_set(left: str, right: str) -> str:
    connection.set_schema(left)
    assert who() == left
    connection.set_schema(right)
    with refused():
        return who()


def test_a_read_is_refused_when_the_schema_could_not_be_set(two_schemas: Schemas) -> None:
    with pytest.raises(OperationalError, match="the statement is refused"):
        read_right_after_a_refused_set(*two_schemas)
    assert who() == two_schemas[1]


def test_django_tenants_itself_still_reads_the_previous_tenant(two_schemas: Schemas) -> None:
    """The control: when this fails, django-tenants was mended and ours can be looked at again."""
    with unguarded_wrapper():
        assert read_right_after_a_refused_set(*two_schemas) == two_schemas[0]


def test_a_write_in_a_transaction_is_refused_and_nothing_is_written(
    two_schemas: Schemas, ask: Ask
) -> None:
    left, right = two_schemas
    connection.set_schema(left)
    note(left)
    connection.set_schema(right)
    with pytest.raises(OperationalError), transaction.atomic(), refused():
        note(right)
    assert ask("SELECT name FROM t_left.log") == [(left,)]
    assert ask("SELECT name FROM t_right.log") == []


def test_work_goes_on_after_a_savepoint_took_the_fault_back(two_schemas: Schemas, ask: Ask) -> None:
    """The one case where a SET may fail: in a transaction in error, before its rollback."""
    left, right = two_schemas
    connection.set_schema(left)
    with transaction.atomic():
        note(left)
        for fault in ("SELECT 1/0", "SELECT * FROM not_there"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(fault)
        with pytest.raises(OperationalError), transaction.atomic():
            connection.set_schema(right)
            with refused():
                who()
        assert who() == right
        note(right)
        connection.set_schema(left)
        note("again")
    assert ask("SELECT name FROM t_left.log") == [(left,), ("again",)]
    assert ask("SELECT name FROM t_right.log") == [(right,)]


def swallow_an_error_then_commit(left: str, right: str) -> str:
    """COMMIT in a failed transaction is a rollback, which takes the path back, without an error."""
    connection.set_schema(left)
    assert who() == left
    connection.set_schema(right)
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM not_there")
        except DatabaseError:
            pass
    return who()


def test_a_commit_that_was_a_rollback_does_not_bring_the_previous_tenant_back(
    two_schemas: Schemas,
) -> None:
    assert swallow_an_error_then_commit(*two_schemas) == two_schemas[1]


def test_django_tenants_itself_still_believes_such_a_commit(two_schemas: Schemas) -> None:
    """The control for the test above."""
    with unguarded_wrapper():
        assert swallow_an_error_then_commit(*two_schemas) == two_schemas[0]


def test_a_commit_that_fails_does_not_bring_the_previous_tenant_back(
    two_schemas: Schemas, ask: Ask
) -> None:
    left, right = two_schemas
    for schema in two_schemas:
        ask(f"ALTER TABLE {schema}.log ADD UNIQUE (name) DEFERRABLE INITIALLY DEFERRED")
    connection.set_schema(left)
    assert who() == left
    connection.set_schema(right)
    with pytest.raises(DatabaseError), transaction.atomic():
        note("twice")
        note("twice")
    assert who() == right


def one_step(rng: random.Random, schema: str) -> None:
    """A read, a write or a savepoint in `schema`, as an application would do them."""
    connection.set_schema(schema)
    kind = rng.randrange(4)
    if kind == 0:
        assert who() == schema
    elif kind == 1:
        with transaction.atomic():
            assert who() == schema
            note(schema)
    elif kind == 2:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    note(schema)
                    raise ZeroDivisionError
            except ZeroDivisionError:
                pass
            assert who() == schema
    else:
        with transaction.atomic():
            try:
                note(schema)
            except Error:  # as careless code does; what it commits is a rollback
                return
            assert who() == schema


@pytest.mark.fault
@pytest.mark.timeout(900)
@pytest.mark.parametrize("prepares", [False, True], ids=["plain", "prepared"])
def test_no_statement_lands_in_another_schema_under_cancels_and_refusals(
    two_schemas: Schemas,
    ask: Ask,
    rng: random.Random,
    monkeypatch: pytest.MonkeyPatch,
    prepares: bool,
) -> None:
    """Cancels from outside hit SETs and statements alike; one SET in ten is refused besides."""
    monkeypatch.setattr(connections["default"], "_prepares", prepares)
    counts: Counter[str] = Counter()
    rounds = effort(short=1_500, soak=15_000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    refusals = RefusedSet(rng, share=0.1)
    with cancelling(pid, random.Random(rng.random())), connection.execute_wrapper(refusals):
        for _ in range(rounds):
            try:
                one_step(rng, rng.choice(two_schemas))
                counts["served"] += 1
            except Error:
                counts["refused"] += 1
    assert refusals.count > 0
    assert counts["served"] > 0, counts
    assert counts["refused"] > 0, counts
    for schema in two_schemas:
        assert ask(f"SELECT DISTINCT name FROM {schema}.log") == [(schema,)]
