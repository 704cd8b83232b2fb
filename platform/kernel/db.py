"""What the ORM lacks: retries after a deadlock (R13), and inserts that tell what they inserted."""

import functools
import operator
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
from django.db.models.expressions import DatabaseDefault

from kernel.gathering import aside, before, gathered, prepared_cursor, waiting
from kernel.reading import read

P = ParamSpec("P")
R = TypeVar("R")

__all__ = [
    "aside",
    "atomic_with_retry",
    "gathered",
    "insert",
    "insert_if_absent",
    "insert_together",
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
    statement, readers = _insert_statement(model, len(rows))
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
    statement, readers = _insert_statement(model, len(rows), unless_there=True)
    values = [read(row) for row in rows for read in readers]
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
    statement, readers = _update_statement(type(row), names)
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
    return lambda count: _insert_statement(model, count)[0]


def _mark(rows: Sequence[models.Model], inserted: set[uuid.UUID] | None = None) -> None:
    """Tell rows that they are there: all of them, or those whose ids are given."""
    for row in rows:
        row._state.adding = inserted is not None and row.pk not in inserted
        row._state.db = DEFAULT_DB_ALIAS


Reader = Callable[[models.Model], Any]


@functools.lru_cache(maxsize=256)
def _insert_statement(
    model: type[models.Model], count: int, *, unless_there: bool = False
) -> tuple[str, tuple[Reader, ...]]:
    """The SQL for `count` rows, and how the values of one row are read, in its order."""
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
    ending = f" ON CONFLICT DO NOTHING RETURNING {quote(primary_key)}" if unless_there else ""
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: S608
        f" VALUES {', '.join([row] * count)}{ending}"
    )
    return statement, tuple(_reader(field) for field in fields)


@functools.lru_cache(maxsize=256)
def _update_statement(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[str, tuple[Reader, ...]]:
    """The SQL for one row's named fields, and how their values are read; the key comes last."""
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in names]
    if any(not isinstance(field, models.Field) for field in fields):
        raise TypeError(f"{model.__name__} does not hold all of {names}")
    written = [field for field in fields if isinstance(field, models.Field)]
    primary_key = model._meta.pk
    columns = ", ".join(f"{quote(field.column or field.name)} = %s" for field in written)
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {columns}"  # noqa: S608
        f" WHERE {quote(primary_key.column or 'id')} = %s"
    )
    return statement, tuple(_reader(field) for field in [*written, primary_key])


# What psycopg writes as it is. Fields of other classes, also their subclasses, are asked.
_AS_IS = {
    models.BooleanField,
    models.UUIDField,
    models.SmallIntegerField,
    models.IntegerField,
    models.BigIntegerField,
    models.ForeignKey,
    models.OneToOneField,
}
_TEXT = {models.CharField, models.EmailField, models.TextField}


def _reader(field: "models.Field[Any, Any]") -> Reader:
    """Reads one field's value from a row, as the database takes it."""
    if type(field) in _AS_IS:
        return operator.attrgetter(field.attname)
    if type(field) is models.DateTimeField and not (field.auto_now or field.auto_now_add):
        return operator.attrgetter(field.attname)
    if type(field) in _TEXT:
        return functools.partial(_text, field.attname, field)
    return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connection)


def _text(name: str, field: "models.Field[Any, Any]", row: models.Model) -> str | None:
    value = getattr(row, name)
    if value is None or type(value) is str:
        return value
    prepared = field.get_prep_value(value)
    # A choice of an enumeration is a str as well: the text itself is cheaper to send.
    return str.__str__(prepared) if isinstance(prepared, str) else prepared


def _in_a_tests_own_transaction() -> bool:
    """Django's test cases wrap a test in a transaction: there, an inner call is the outermost."""
    blocks = connection.atomic_blocks
    return bool(blocks) and bool(getattr(blocks[-1], "_from_testcase", False))
