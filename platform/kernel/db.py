"""What the ORM lacks: retries after a deadlock (R13), and inserts that tell what they inserted."""

import functools
import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, models, transaction
from django.db.models.expressions import DatabaseDefault

P = ParamSpec("P")
R = TypeVar("R")

_TRANSIENT = {"40P01", "40001"}  # deadlock_detected, serialization_failure
_TRIES = 4


def is_transient(error: BaseException | None) -> bool:
    """True for an error after which the same transaction can succeed."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) in _TRANSIENT


def atomic_with_retry(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in a transaction of its own, and again when PostgreSQL chose it as victim.

    Inside somebody else's transaction it is part of it: the outermost caller retries, and rolls
    all of it back when an error leaves it. Whoever means to catch an error of an inner call and
    go on opens a savepoint around that call.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            if not _in_a_tests_own_transaction():
                return function(*args, **kwargs)
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(1, _TRIES + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not is_transient(error) or attempt == _TRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return wrapper


def insert_if_absent(rows: Sequence[models.Model]) -> set[uuid.UUID]:
    """Insert rows of one model whose unique values are free; returns the ids of those inserted.

    One statement. It waits for another transaction that is inserting the same values.
    """
    if not rows:
        return set()
    statement, fields = _insert_statement(type(rows[0]), len(rows))
    values: list[Any] = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        inserted = {found[0] for found in cursor.fetchall()}
    for row in rows:
        row._state.adding = row.pk not in inserted
        row._state.db = connection.alias
    return inserted


@functools.lru_cache(maxsize=256)
def _insert_statement(
    model: type[models.Model], count: int
) -> tuple[str, tuple["models.Field[Any, Any]", ...]]:
    fields = tuple(
        field
        for field in model._meta.concrete_fields
        # A row that leaves such a field to the database holds no value that could be sent.
        if not isinstance(field.get_default(), DatabaseDefault)
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.name) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    primary_key = (model._meta.pk.column if model._meta.pk else None) or "id"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: S608
        f" VALUES {', '.join([row] * count)}"
        f" ON CONFLICT DO NOTHING RETURNING {quote(primary_key)}"
    ), fields


def _in_a_tests_own_transaction() -> bool:
    """Django's test cases wrap a test in a transaction: there, an inner call is the outermost."""
    blocks = connection.atomic_blocks
    return bool(blocks) and bool(getattr(blocks[-1], "_from_testcase", False))
