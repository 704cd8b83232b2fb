"""What the database holds, so that a refusal can be shown to have changed nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg import sql

# Being refused may end a stolen session, and is counted where tries are limited.
PERSONAL = frozenset({"accounts_loginsession", "accounts_throttle"})
# Written once for a kind of rows or a program, by whoever is first: no effect of a request.
_NEVER = frozenset({"django_migrations", "django_content_type"})

Content = dict[tuple[str, str], tuple[int, str]]


def tables(schemas: Iterable[str]) -> list[tuple[str, str]]:
    """(schema, table) of every table in these schemas."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2",
            [list(schemas)],
        )
        return [row for row in cursor.fetchall() if row[1] not in _NEVER]


def content(found: list[tuple[str, str]]) -> Content:
    """For each table, how many rows it has and a digest of all their values."""
    one = sql.SQL(
        "(SELECT {schema}::text, {name}::text, count(*),"
        " coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {table} t)"
    )
    query = sql.SQL(" UNION ALL ").join(
        one.format(
            schema=sql.Literal(schema), name=sql.Literal(name), table=sql.Identifier(schema, name)
        )
        for schema, name in found
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {(schema, name): (rows, digest) for schema, name, rows, digest in cursor.fetchall()}


class Watch:
    """`with watch.nothing_happens("what"):` fails when a row of any schema changed meanwhile."""

    def __init__(self, schemas: Iterable[str]) -> None:
        self.tables = tables(schemas)
        self.before = content(self.tables)

    def again(self) -> None:
        """Take what is there now as given."""
        self.before = content(self.tables)

    @contextmanager
    def nothing_happens(self, what: str, *, but: frozenset[str] = PERSONAL) -> Iterator[None]:
        """`but` names tables that may change."""
        yield
        after = content(self.tables)
        changed = [
            (*table, self.before[table][0], after[table][0])
            for table in after
            if after[table] != self.before[table] and table[1] not in but
        ]
        self.before = after
        assert not changed, f"{what} changed (schema, table, rows before, rows after): {changed}"
