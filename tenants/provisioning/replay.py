"""Builds a tenant's schema by sending its recorded SQL in one pipeline, in one transaction."""

from psycopg import sql

from tenants.models import SchemaRecording
from tenants.provisioning import guards
from tenants.provisioning.dedicated import connect, set_path
from tenants.provisioning.fingerprint import fingerprint

DROP_LOCK_TIMEOUT_MS = 10_000


class SchemaDiffersError(RuntimeError):
    """A schema was built, but is not what the recording says it must be."""


def replay(recording: SchemaRecording, schema: str) -> None:
    """Create `schema` and everything in it, or nothing at all.

    One statement is sent at a time (Citus accepts no other way), without waiting for answers.
    Raises psycopg.Error when a statement fails, psycopg.errors.DuplicateSchema when the schema
    is there already, SchemaDiffersError when the result is not the recorded one.
    """
    with connect() as own:
        with own.pipeline():
            own.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
            set_path(own, schema)
            for statement in recording.statements:
                own.execute(statement.encode())
            guards.apply(own)
        if fingerprint(own, schema) != recording.fingerprint:
            raise SchemaDiffersError(schema)


def is_complete(recording: SchemaRecording, schema: str) -> bool:
    """Whether `schema` exists and is exactly what the recording makes."""
    with connect() as own:
        return fingerprint(own, schema) == recording.fingerprint


def drop(schema: str) -> None:
    """Remove a schema and all that is in it; nothing happens when there is none.

    Gives up (psycopg.errors.LockNotAvailable) rather than wait for ever for who still uses it.
    """
    with connect(lock_timeout_ms=DROP_LOCK_TIMEOUT_MS) as own:
        own.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
