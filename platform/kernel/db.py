"""What the ORM lacks: retries after a deadlock (R13), and inserts that tell what they inserted."""

import functools
import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    NotSupportedError,
    OperationalError,
    connection,
    models,
    transaction,
)

from kernel.gathering import aside, before, gathered, prepared_cursor, waiting
from kernel.reading import read
from kernel.statements import Reader, insert_statement, update_statement

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)

__all__ = [
    "aside",
    "atomic_with_retry",
    "gathered",
    "insert",
    "insert_if_absent",
    "insert_or_lock",
    "insert_together",
    "insert_unless",
    "is_transient",
    "prepared_cursor",
    "read",
    "update_fields",
    "write",
]

_TRANSIENT = {"40P01", "40001"}  # deadlock_detected, serialization_failure
_TRIES = 4


def is_transient(error: BaseException | None) -> bool:
    """True for an error after which the same transaction can succeed."""
    cause = getattr(error, "__cause__", None)
    if getattr(cause, "sqlstate", None) in _TRANSIENT:
        return True
    # A prepared statement that a migration has overtaken: after a rollback it is prepared anew.
    return getattr(getattr(cause, "diag", None), "source_function", "") == "RevalidateCachedQuery"


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
            except (OperationalError, NotSupportedError) as error:
                if not is_transient(error) or attempt == _TRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return wrapper


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model in one statement; IntegrityError where a unique value is taken.

    What `bulk_create` does, for rows whose every value is set, at a fifth of its price. Inside
    `gathered()` they wait for other writes.
    """
    if not rows:
        return
    model = type(rows[0])
    statement, readers = insert_statement(model, len(rows))
    values = [read(row) for row in rows for read in readers]
    if (found := waiting()) is not None:
        found.insert(model, _text_of(model), values, len(rows))
    else:
        with prepared_cursor() as cursor:
            cursor.execute(statement, values)
    _mark(rows)


def insert_if_absent(rows: Sequence[models.Model]) -> set[uuid.UUID]:
    """Insert rows of one model whose unique values are free; returns the ids of those inserted.

    One statement, which takes along what waited in `gathered()`. It waits for another transaction
    that is inserting the same values.
    """
    if not rows:
        return set()
    model = type(rows[0])
    statement, readers = insert_statement(model, len(rows), unless_there=True)
    return _insert_if_absent(rows, statement, [read(row) for row in rows for read in readers])


def insert_unless(row: models.Model, found: str, asked: Sequence[Any]) -> bool:
    """Insert a row whose unique values are free, unless a SELECT of the caller's finds something.

    One statement for both, in place of a question before `insert_if_absent`. The SELECT's text
    stands still, and it does not look at what waits in `gathered()`.
    """
    statement, readers = insert_statement(type(row), 1, unless_there=True, unless_found=found)
    return bool(_insert_if_absent([row], statement, [*(read(row) for read in readers), *asked]))


def insert_or_lock(row: M, locked: str, asked: Sequence[Any]) -> M | None:
    """Insert a row unless a locking SELECT finds another one, which is given in its place.

    One statement for both. None where another transaction took one of the row's unique values at
    this very moment: whoever asks again finds what it wrote. `{0}` in the SELECT stands for the
    columns, as in `read`.
    """
    model = type(row)
    statement, readers = _insert_or_lock_statement(model, locked)
    found = read((model,), statement, [*asked, *(reader(row) for reader in readers)])
    there: M | None = found[0][0] if found else None
    if there is None or there.pk != row.pk:
        return there
    _mark([row])
    return row


@functools.lru_cache(maxsize=64)
def _insert_or_lock_statement(
    model: type[models.Model], locked: str
) -> tuple[str, tuple[Reader, ...]]:
    statement, readers = insert_statement(
        model, 1, unless_there=True, unless_found="SELECT FROM known", returning="{0}"
    )
    whole = (
        f"WITH known AS ({locked}), made AS ({statement})"  # noqa: S608
        " SELECT * FROM known UNION ALL SELECT * FROM made"
    )
    return whole, readers


def _insert_if_absent(
    rows: Sequence[models.Model], statement: str, values: list[Any]
) -> set[uuid.UUID]:
    model = type(rows[0])
    if (found := waiting()) is not None and not found.holds(model):
        first, earlier = found.take()
        statement, values = before(tuple(first), statement), earlier + values
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        inserted = {number for (number,) in cursor.fetchall()}
    _mark(rows, inserted)
    return inserted


def update_fields(row: models.Model, *names: str) -> None:
    """Write some fields of a row that is there, in one statement: what every order changes.

    Fields are named as they are on the model, and written as they are on `row`.
    """
    statement, readers = update_statement(type(row), names)
    write(type(row), statement, [read(row) for read in readers])


def write(model: type[models.Model], statement: str, values: Sequence[Any]) -> None:
    """A statement that changes rows of one model and answers nothing; `gathered()` lets it wait.

    Its text stands still: see `prepared_cursor`.
    """
    if (found := waiting()) is not None:
        found.other(model, statement, values)
        return
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)


def insert_together(*groups: Sequence[models.Model]) -> None:
    """Insert rows of several models in one statement; each group is of one model.

    For rows that belong together on the busiest roads. Foreign keys between them are checked
    when the transaction ends, so that their order does not matter.
    """
    with gathered():
        for rows in groups:
            insert(rows)


@functools.cache
def _text_of(model: type[models.Model]) -> Callable[[int], str]:
    return lambda count: insert_statement(model, count)[0]


def _mark(rows: Sequence[models.Model], inserted: set[uuid.UUID] | None = None) -> None:
    """Tell rows that they are there: all of them, or those whose ids are given."""
    for row in rows:
        row._state.adding = inserted is not None and row.pk not in inserted
        row._state.db = DEFAULT_DB_ALIAS


def _in_a_tests_own_transaction() -> bool:
    """Django's test cases wrap a test in a transaction: there, an inner call is the outermost."""
    blocks = connection.atomic_blocks
    return bool(blocks) and bool(getattr(blocks[-1], "_from_testcase", False))
