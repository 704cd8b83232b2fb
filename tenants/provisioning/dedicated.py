"""Connections of provisioning's own, beside Django's.

A new schema is built in one transaction whatever the caller's is doing, and Django's own
connection is never reached into: a pooled one would keep what was done to it (R18).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from django.db import connection, connections
from psycopg import sql

if TYPE_CHECKING:
    from tenants.database.base import DatabaseWrapper

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def connect(
    *, schema: str | None = None, lock_timeout_ms: int | None = None
) -> Iterator[Connection]:
    """One transaction on a new connection: committed at the end, rolled back on any error.

    With `schema`, the path is that schema and then public, for this transaction only. With
    `lock_timeout_ms`, a statement gives up (LockNotAvailable) rather than wait longer for a
    table, and make everybody behind it wait too.
    """
    params = connection.get_connection_params()
    # Plain server-side cursors: the simple protocol of Django's own cannot be pipelined.
    params["cursor_factory"] = psycopg.Cursor
    params["prepare_threshold"] = None  # each statement is sent once
    params["application_name"] = "ricochet provisioning"
    if lock_timeout_ms is not None:
        params["options"] = f"-c lock_timeout={lock_timeout_ms}"
    with psycopg.connect(**params) as own:
        if schema is not None:
            set_path(own, schema)
        yield own


def set_path(own: Connection, schema: str) -> None:
    """Point the rest of this transaction at `schema`, then public for extensions' types."""
    own.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(schema)))


@contextmanager
def django_connection(
    schema: str, *, lock_timeout_ms: int | None = None
) -> Iterator["DatabaseWrapper"]:
    """A Django connection to `schema` that takes the thread's place for a while.

    Django's migration code reaches for `connections["default"]` by name, so lending it another
    one is how it runs outside of the caller's transaction. It stays out of the pool.
    """
    alias = connection.alias
    callers = connections[alias]
    own = cast("DatabaseWrapper", connections.create_connection(alias))
    options = {key: value for key, value in own.settings_dict["OPTIONS"].items() if key != "pool"}
    if lock_timeout_ms is not None:
        options["options"] = f"-c lock_timeout={lock_timeout_ms}"
    own.settings_dict = {**own.settings_dict, "OPTIONS": options}
    connections[alias] = own
    try:
        own.set_schema(schema)
        yield own
    finally:
        own.close()
        connections[alias] = callers
