"""The text of writes, made once for each model: for the busiest roads, of which `kernel.db` is."""

import functools
import operator
from collections.abc import Callable
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

Reader = Callable[[models.Model], Any]


@functools.lru_cache(maxsize=256)
def insert_statement(
    model: type[models.Model],
    count: int,
    *,
    unless_there: bool = False,
    unless_found: str = "",
    returning: str = "",
) -> tuple[str, tuple[Reader, ...]]:
    """The SQL for `count` rows, and how the values of one row are read, in its order.

    `unless_there`: rows whose unique values are taken are left out, and `returning` (the key, where
    nothing else is named) is answered of the others. `unless_found` is a SELECT: a single row is
    left out as well where that finds something.
    """
    fields = tuple(
        field
        for field in model._meta.concrete_fields
        # A row that leaves such a field to the database holds no value that could be sent.
        if not isinstance(field.get_default(), DatabaseDefault)
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.name) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    given = f"VALUES {', '.join([f'({values})'] * count)}"
    if unless_found:
        given = f"SELECT {values} WHERE NOT EXISTS ({unless_found})"
    primary_key = (model._meta.pk.column if model._meta.pk else None) or "id"
    answer = returning or quote(primary_key)
    ending = f" ON CONFLICT DO NOTHING RETURNING {answer}" if unless_there else ""
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {given}{ending}"
    return statement, tuple(_reader(field) for field in fields)


@functools.lru_cache(maxsize=256)
def update_statement(
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
