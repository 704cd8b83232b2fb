"""R17, R18: a prepared statement answers for the schema that is set, never for an earlier one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import NotSupportedError, connection, transaction

from kernel.db import atomic_with_retry, prepared_cursor

Schemas = tuple[str, str]
Ask = Callable[..., list[tuple[object, ...]]]


def who(suffix: str = "") -> str:
    with prepared_cursor() as cursor:
        cursor.execute("SELECT name FROM who WHERE name <> %s", [suffix])
        return str(cursor.fetchone()[0])


def note(text: str) -> None:
    with prepared_cursor() as cursor:
        cursor.execute("INSERT INTO log (name) VALUES (%s)", [text])


def prepared() -> dict[str, Any]:
    """Each prepared statement of this connection, and how often it was used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        return dict(cursor.fetchall())


def test_one_connection_in_two_schemas_by_turns_reads_and_writes_the_right_rows(
    two_schemas: Schemas, ask: Ask
) -> None:
    """Enough turns for the server to settle on one plan for all values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    for turn in range(20):
        for schema in two_schemas:
            connection.set_schema(schema)
            assert who() == schema
            note(f"{schema} {turn}")
            with transaction.atomic():
                assert who() == schema
    uses = prepared()
    assert {text.split()[0] for text in uses} >= {"SELECT", "INSERT"}
    assert all(count >= 30 for text, count in uses.items() if "who" in text or "log" in text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] == pid
    for schema in two_schemas:
        rows = {str(name) for (name,) in ask(f"SELECT name FROM {schema}.log")}
        assert rows == {f"{schema} {turn}" for turn in range(20)}


def test_a_schema_that_changed_under_a_prepared_statement_is_read_all_the_same(
    two_schemas: Schemas, ask: Ask
) -> None:
    """A migration goes through the fleet one merchant at a time: results differ in shape."""
    left, right = two_schemas
    ask(f"ALTER TABLE {right}.who ALTER COLUMN name TYPE varchar(40)")
    for schema in (left, left, left, right, left, right):
        connection.set_schema(schema)
        assert who() == schema


def test_in_a_transaction_such_a_change_is_met_by_trying_again(
    two_schemas: Schemas, ask: Ask
) -> None:
    left, right = two_schemas
    ask(f"ALTER TABLE {right}.who ALTER COLUMN name TYPE varchar(40)")
    connection.set_schema(left)
    for _ in range(3):
        assert who() == left
    connection.set_schema(right)
    with pytest.raises(NotSupportedError), transaction.atomic():
        who()
    connection.set_schema(left)
    for _ in range(3):
        assert who() == left
    connection.set_schema(right)

    @atomic_with_retry
    def tell() -> str:
        note(right)
        return who()

    assert tell() == right
    assert ask(f"SELECT name FROM {right}.log") == [(right,)]
