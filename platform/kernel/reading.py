"""Reads written in SQL that give instances: for the busiest roads, and nowhere else."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models

from kernel.gathering import prepared_cursor


def read(
    models_read: tuple[type[models.Model], ...], statement: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Rows of a SELECT written in SQL, as instances: for the reads of every order, nowhere else.

    `{0}`, `{1}`… in the statement stand for the columns of those models. For such reads the ORM
    spends several times longer on building the query than the database on answering it.
    """
    whole, shapes = _select_statement(models_read, statement)
    with prepared_cursor() as cursor:
        cursor.execute(whole, values)
        found = cursor.fetchall()
    return [
        tuple(
            model.from_db(DEFAULT_DB_ALIAS, names, _converted(row, start, len(names), converters))
            for model, names, start, converters in shapes
        )
        for row in found
    ]


Converter = Callable[[Any, Any, Any], Any]
# A model, its fields, where its values begin in a row, and what some of them go through.
_Shape = tuple[type[models.Model], list[str], int, tuple[tuple[int, Converter], ...]]


def _converted(
    row: tuple[Any, ...], start: int, count: int, converters: tuple[tuple[int, Converter], ...]
) -> Sequence[Any]:
    values = row[start : start + count]
    if not converters:
        return values
    changed = list(values)
    for number, convert in converters:
        changed[number] = convert(changed[number], None, connection)
    return changed


@functools.lru_cache(maxsize=256)
def _select_statement(
    models_read: tuple[type[models.Model], ...], statement: str
) -> tuple[str, tuple[_Shape, ...]]:
    """The SQL with its columns, and where each model's values begin in a row."""
    quote = connection.ops.quote_name
    columns, shapes, start = [], [], 0
    for model in models_read:
        fields = model._meta.concrete_fields
        table = quote(model._meta.db_table)
        columns.append(", ".join(f"{table}.{quote(field.column or '')}" for field in fields))
        converters = tuple(
            (number, field.from_db_value)
            for number, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        )
        shapes.append((model, [field.attname for field in fields], start, converters))
        start += len(fields)
    return statement.format(*columns), tuple(shapes)
