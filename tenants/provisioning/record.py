"""Records the SQL that Django's migrations run on a new schema, once per state of the code.

Migrating a new schema takes seconds, most of it Python; sending the same SQL again takes a
tenth of that. The statements are the ones that the executor really ran, on a template schema
that is dropped afterwards. Rows that a migration writes are the same in every tenant.
"""

import functools
import hashlib
import inspect
import logging
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import django
import psycopg
import sqlparse
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tenants.models import SchemaRecording
from tenants.provisioning import guards
from tenants.provisioning.dedicated import connect, django_connection
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.labels import tenant_app_labels

logger = logging.getLogger(__name__)

_LEFT_OUT = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK|SHOW|EXPLAIN|SET\s+search_path)\b", re.I)
_READ = re.compile(r"\s*\(*\s*SELECT\b(?!.*\bsetval\s*\()", re.I | re.S)
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.I)
_CONCURRENTLY = re.compile(r"^(\s*CREATE\s+(?:UNIQUE\s+)?INDEX)\s+CONCURRENTLY\b", re.I)
_EXTENSION = re.compile(r"\s*CREATE\s+EXTENSION\b", re.I)


class UnableToRecordError(RuntimeError):
    """A migration cannot be replayed in another schema; the message says which statement."""


@functools.cache
def digest() -> str:
    """Names one state of the tenants' migrations and guards, and what renders them to SQL."""
    loader = MigrationLoader(None)
    labels = tenant_app_labels()
    parts = [f"django {django.VERSION}", f"psycopg {psycopg.__version__}", *guards.statements()]
    for key in sorted(node for node in loader.graph.nodes if node[0] in labels):
        source = inspect.getsource(inspect.getmodule(type(loader.graph.nodes[key])))  # type: ignore[arg-type]
        parts.append(f"{key[0]}.{key[1]} {hashlib.sha256(source.encode()).hexdigest()}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Recorder:
    """An execute wrapper that keeps every statement that changes something."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.statements: list[str] = []
        self._rows_waiting = False

    def __call__(
        self, execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: Any
    ) -> Any:
        result = execute(statement, params, many, context)
        if _is_left_out(str(statement)):
            return result
        # A cursor of its own: rendering on Django's would throw away the answer it holds.
        renderer = psycopg.ClientCursor(context["cursor"].cursor.connection)
        for values in params if many else (params,):
            # Django passes no parameters at all where a percent sign is only itself.
            text = str(statement) if values is None else renderer.mogrify(statement, values)
            for one in _split(text):
                self._keep(one)
        return result

    def _keep(self, statement: str) -> None:
        if _is_left_out(statement):
            return
        if _EXTENSION.match(statement):
            raise UnableToRecordError(f"extensions belong to the public schema: {statement}")
        if self.template in statement:
            raise UnableToRecordError(f"a statement names its schema: {statement}")
        self.statements.append(_CONCURRENTLY.sub(r"\1", statement))
        if 'INTO "django_migrations"' in statement:
            self._settle()
        elif _WRITE.match(statement):
            self._rows_waiting = True

    def _settle(self) -> None:
        """Between two migrations Django commits; a replay only checks what was deferred.

        Without this, a table with rows just written could not be altered by what follows.
        """
        if self._rows_waiting:
            self.statements += ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
        self._rows_waiting = False


def _is_left_out(statement: str) -> bool:
    return bool(_LEFT_OUT.match(statement) or _READ.match(statement))


def _split(text: str) -> Sequence[str]:
    """One statement at a time: some of Django's own templates hold two."""
    if ";" not in text.rstrip().rstrip(";") or "$" in text:
        return [text]
    return [part for part in sqlparse.split(text) if part.strip(" ;\n")]


def migrate_with_django(
    schema: str,
    wrapper: Callable[..., Any] | None = None,
    *,
    lock_timeout_ms: int | None = None,
) -> None:
    """Run the tenants' migrations on an existing schema with Django's executor, then the guards."""
    with django_connection(schema, lock_timeout_ms=lock_timeout_ms) as own:
        # With public on the path, public's django_migrations would be taken for this schema's.
        own.set_schema(schema, include_public=False)
        if wrapper is not None:
            own.execute_wrappers.append(wrapper)
        MigrationRecorder(own).ensure_schema()
        own.set_schema(schema)
        executor = MigrationExecutor(own)
        executor.migrate(targets(executor.loader))
    with connect(schema=schema, lock_timeout_ms=lock_timeout_ms) as raw:
        guards.apply(raw)


def targets(loader: MigrationLoader) -> list[tuple[str, str]]:
    """The last migration of every tenant app; what they depend on comes along."""
    labels = tenant_app_labels()
    return [node for node in loader.graph.leaf_nodes() if node[0] in labels]


def create_and_migrate(schema: str) -> None:
    """Make a schema by migrating it from nothing; on failure nothing of it stays."""
    name = sql.Identifier(schema)
    with connect() as own:
        own.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    try:
        migrate_with_django(schema)
    except BaseException:
        with connect() as own:
            own.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        raise


def record(*, now: datetime) -> SchemaRecording:
    """Migrate a template schema, keep what ran and what came out, and drop the template."""
    template = f"template_{secrets.token_hex(8)}"
    name = sql.Identifier(template)
    recorder = Recorder(template)
    with connect() as own:
        own.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    try:
        migrate_with_django(template, recorder)
        with connect() as own:
            result = fingerprint(own, template)
    finally:
        with connect() as own:
            own.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
    logger.info("recorded %d statements of a tenant schema", len(recorder.statements))
    recording, _ = SchemaRecording.objects.update_or_create(
        digest=digest(),
        defaults={
            "statements": recorder.statements,
            "fingerprint": result,
            "created_at": now,
        },
    )
    return recording


def recording_for_this_code() -> SchemaRecording | None:
    """The recording that fits the migrations on disk, if one was made."""
    return SchemaRecording.objects.filter(digest=digest()).first()
