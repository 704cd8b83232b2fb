"""This thread's connection, with the type it has."""

from typing import TYPE_CHECKING, cast

from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    from tenants.database.base import DatabaseWrapper


def this_connection() -> "DatabaseWrapper":
    """Django's connection of this thread: `schema_name`, `set_tenant`, `set_schema_to_public`."""
    return cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
