"""One question to many merchants' schemas at once, by a UNION ALL for each slice of the fleet.

Nothing here enters a merchant: tables are named with their schema, and the names of schemas are
those that the tenants' own rows hold (R22).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from tenants.models import Tenant

# Schemas asked in one statement: large enough to be quick, small enough to plan.
_SLICE = 200


def ask(
    question: str,
    *,
    tenants: Sequence[Tenant],
    tables: Sequence[str],
    params: Sequence[Any] = (),
) -> Iterator[tuple[Tenant, tuple[Any, ...]]]:
    """The rows of `question` for each tenant that has these tables, with the tenant.

    `question` is one SELECT whose first column is `{label}`; each table stands in it as
    `{table_name}`. `params` are the same for every tenant.
    """
    there = {tenant.schema_name: tenant for tenant in tenants}
    schemas = _having(list(there), tables)
    for start in range(0, len(schemas), _SLICE):
        part = schemas[start : start + _SLICE]
        statement = sql.SQL(" UNION ALL ").join(_about(question, one, tables) for one in part)
        with connection.cursor() as cursor:
            cursor.execute(statement, [*params] * len(part))
            rows = cursor.fetchall()
        for label, *row in rows:
            yield there[label], tuple(row)


def _about(question: str, schema: str, tables: Sequence[str]) -> sql.Composable:
    names = {table: sql.Identifier(schema, table) for table in tables}
    label = sql.SQL("{}::text").format(sql.Literal(schema))
    return sql.SQL("({})").format(sql.SQL(question).format(label=label, **names))


def _having(schemas: list[str], tables: Sequence[str]) -> list[str]:
    """Those of the schemas that have all these tables: not the half-made, deleted or oldest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_tables WHERE schemaname = ANY(%s) AND tablename = ANY(%s)"
            " GROUP BY 1 HAVING count(*) = %s ORDER BY 1",
            [schemas, list(tables), len(tables)],
        )
        return [str(name) for (name,) in cursor.fetchall()]


def sizes(tenants: Sequence[Tenant]) -> dict[str, int]:
    """The bytes on disk of each schema, tables and indexes together."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, sum(pg_total_relation_size(c.oid))::bigint"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = ANY(%s) GROUP BY 1",
            [[tenant.schema_name for tenant in tenants]],
        )
        return {str(name): int(size) for name, size in cursor.fetchall()}
