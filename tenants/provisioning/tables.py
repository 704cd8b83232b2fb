"""The tables of one schema: their columns, and a digest of their rows by which two are compared."""

from dataclasses import dataclass

from psycopg import sql

from tenants.provisioning.dedicated import Connection

# Sums of two independent 64-bit hashes, as numbers that cannot overflow: the order of rows, which
# a restored table has not kept, does not matter, and a row that is there twice is counted twice.
_DIGEST = """
    SELECT count(*), concat_ws('.', coalesce(sum(hashtextextended(line, 0)::numeric), 0),
        coalesce(sum(hashtextextended(line, 1)::numeric), 0))
    FROM (SELECT ROW({columns})::text AS line FROM {table}) AS rows
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """How many rows a table has, and their digest."""

    rows: int
    digest: str


def columns_of(own: Connection, schema: str) -> dict[str, list[str]]:
    """Every table of `schema` by name, with its columns; generated ones are left out."""
    found = own.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)"
        " AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.attgenerated = '' ORDER BY c.relname, a.attnum",
        [schema],
    ).fetchall()
    tables: dict[str, list[str]] = {}
    for table, column in found:
        tables.setdefault(table, []).append(column)
    return tables


def contents(own: Connection, schema: str, table: str, columns: list[str]) -> Contents:
    """What a table holds in these columns."""
    rows, digest = own.execute(
        sql.SQL(_DIGEST).format(
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            table=sql.Identifier(schema, table),
        )
    ).fetchone() or (0, "")
    return Contents(rows, digest)


def sequences_of(own: Connection, schema: str) -> dict[str, int]:
    """The last value of every sequence of `schema` that was used."""
    rows = own.execute(
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = %s AND last_value IS NOT NULL",
        [schema],
    ).fetchall()
    return dict(rows)
