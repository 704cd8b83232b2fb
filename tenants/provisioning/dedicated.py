"""Connections of provisioning's own, beside Django's.

A new schema is built in one transaction whatever the caller's is doing, and Django's own
connection is never reached into: a pooled one would keep what was done to it (R18).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def connect(*, schema: str | None = None) -> Iterator[Connection]:
    """One transaction on a new connection: committed at the end, rolled back on any error.

    With `schema`, the path is that schema and then public, for this transaction only.
    """
    params = connection.get_connection_params()
    # Plain server-side cursors: the simple protocol of Django's own cannot be pipelined.
    params["cursor_factory"] = psycopg.Cursor
    params["application_name"] = "ricochet provisioning"
    with psycopg.connect(**params) as own:
        if schema is not None:
            set_path(own, schema)
        yield own


def set_path(own: Connection, schema: str) -> None:
    """Point the rest of this transaction at `schema`, then public for extensions' types."""
    own.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(schema)))


@contextmanager
def django_connection(schema: str) -> Iterator[Any]:
    """A Django connection to `schema` that takes the thread's place for a while.

    Django's migration code reaches for `connections["default"]` by name, so lending it another
    one is how it runs outside of the caller's transaction.
    """
    alias = connection.alias
    callers = connections[alias]
    own = connections.create_connection(alias)
    connections[alias] = own
    try:
        own.set_schema(schema)
        yield own
    finally:
        own.close()
        connections[alias] = callers
