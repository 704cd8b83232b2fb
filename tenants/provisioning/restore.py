"""A merchant from its backup: beside what there is, or in the place of what it has become (R25).

The schema is built, filled and compared in one transaction under a name drawn anew. It is closed
afterwards: an operator looks at it and opens it with `tenants resume`. What fell due since the
backup has happened by then, in silence (`settings.TENANT_RESTORED`): no old email leaves again.
"""

import json
import logging
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from psycopg import sql

from kernel.errors import ConflictError, InvalidInputError
from tenants import lookup
from tenants.context import enter
from tenants.models import Domain, Tenant, TenantState
from tenants.provisioning import backup, guards, levels, replay, tables
from tenants.provisioning.dedicated import Connection, connect
from tenants.provisioning.lifecycle import TenantStateError
from tenants.provisioning.services import SlugTakenError
from tenants.provisioning.slugs import check_slug

logger = logging.getLogger(__name__)

_PIECE = 1 << 16


class UnreadableBackupError(InvalidInputError):
    """This file is no backup of a merchant, or it is damaged."""

    code = "unreadable_backup"


class BackupDiffersError(ConflictError):
    """What was written is not what the backup says it holds; nothing was kept."""

    code = "backup_differs"


def restore_as(path: Path, *, slug: str, now: datetime) -> Tenant:
    """A new merchant, suspended, with all that the backup holds; the old one is not touched.

    It writes to no customer, for they are the old one's as well, and none of its keys opens it.
    Its team is not brought along: invite an owner. Raises UnreadableBackupError,
    BackupDiffersError, InvalidSlugError, ReservedSlugError or SlugTakenError; nothing stays then.
    """
    slug = check_slug(slug)
    if Tenant.objects.filter(slug=slug).exists():
        raise SlugTakenError(param="slug")
    with _opened(path) as (archive, manifest):
        tenant = Tenant(
            schema_name=_new_schema_name(),
            slug=slug,
            state=TenantState.SUSPENDED,
            is_copy=True,
            created_at=now,
            state_changed_at=now,
            **{name: manifest["tenant"][name] for name in backup.FACTS},
        )
        # Known to nobody until it is whole: it can neither be opened nor migrated half filled.
        _build(archive, manifest, tenant, now=now, then=lambda: _announce(tenant))
    return tenant


def restore_over(path: Path, *, now: datetime) -> Tenant:
    """The merchant of the backup, as it was at that moment; all others stay as they are.

    It must be suspended, so that nobody writes meanwhile (TenantStateError), and stays so. What
    it has become since then is dropped: back it up first.
    """
    tenant = merchant_of(path)
    with _opened(path) as (archive, manifest):
        old, tenant.schema_name = tenant.schema_name, _new_schema_name()
        _build(archive, manifest, tenant, before=old, now=now, then=lambda: _move_in(tenant, old))
    lookup.forget(tenant)
    try:
        replay.drop(old)
    except psycopg.errors.LockNotAvailable:
        # Somebody reads it, a dump perhaps. The merchant is restored; `tenants sweep` names it.
        logger.warning("the schema %s is in use and stays for now", old)
    return tenant


def merchant_of(path: Path) -> Tenant:
    """The suspended merchant whose backup this is; TenantStateError when there is none."""
    with _opened(path) as (_archive, manifest):
        tenant = Tenant.objects.filter(id=manifest["tenant"]["id"]).first()
    if tenant is None or tenant.state != TenantState.SUSPENDED:
        raise TenantStateError("Suspend the merchant of this backup before it is restored.")
    return tenant


def _announce(tenant: Tenant) -> None:
    """The copy's rows in the public schema."""
    host = f"{tenant.slug}.{settings.PLATFORM_DOMAIN}"
    try:
        with transaction.atomic(durable=True):
            tenant.save(force_insert=True)
            Domain.objects.create(domain=host, tenant=tenant, is_primary=True)
    except IntegrityError as error:
        raise SlugTakenError(param="slug") from error


def _move_in(tenant: Tenant, old: str) -> None:
    """Point the merchant at its new schema, unless somebody opened or restored it meanwhile."""
    here = Tenant.objects.filter(id=tenant.id, state=TenantState.SUSPENDED, schema_name=old)
    if not here.update(schema_name=tenant.schema_name):
        raise TenantStateError("This merchant was changed while it was restored; try again.")


def _build(
    archive: zipfile.ZipFile,
    manifest: dict[str, Any],
    tenant: Tenant,
    *,
    now: datetime,
    then: Callable[[], None],
    before: str | None = None,
) -> None:
    """The schema, filled, at the code's level and caught up; what fails leaves none of it."""
    schema = tenant.schema_name
    try:
        levels.build_at(schema, archive.read("django_migrations.copy"), now=now)
        with connect(schema=schema) as own:
            _fill(own, archive, manifest, schema)
        levels.bring_up(schema)
        with enter(tenant):
            import_string(settings.TENANT_RESTORED)(before=before, now=now)
        then()
    except BaseException:
        replay.drop(schema)
        raise


def _fill(own: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any], schema: str) -> None:
    """Every row of the backup, compared with what its manifest says, in one transaction."""
    for trigger, table in _triggers(own, schema):
        own.execute(
            sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(trigger), sql.Identifier(table))
        )
    own.execute("SET CONSTRAINTS ALL DEFERRED")
    expected = tables.columns_of(own, schema)
    for table, held in manifest["tables"].items():
        if not set(held["columns"]) <= set(expected.get(table, ())):
            raise UnreadableBackupError(f"The backup’s table {table} is not one of ours.")
        own.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    for table, held in manifest["tables"].items():
        _fill_table(own, archive, table, held["columns"])
        found = tables.contents(own, schema, table, held["columns"])
        if (found.rows, found.digest) != (held["rows"], held["digest"]):
            raise BackupDiffersError(table=table)
    for sequence, value in manifest["sequences"].items():
        own.execute(
            "SELECT setval(format('%%I.%%I', %s::text, %s::text)::regclass, %s)",
            [schema, sequence, value],
        )
    own.execute("SET CONSTRAINTS ALL IMMEDIATE")
    guards.apply(own)


def _triggers(own: Connection, schema: str) -> list[tuple[Any, ...]]:
    """The guards, which would refuse that rows are put in the place of others."""
    return own.execute(
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal",
        [schema],
    ).fetchall()


def _fill_table(own: Connection, archive: zipfile.ZipFile, table: str, columns: list[str]) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with archive.open(f"{table}.copy") as lines, own.cursor().copy(query) as rows:
        while piece := lines.read(_PIECE):
            rows.write(piece)


def _new_schema_name() -> str:
    return f"t_{secrets.token_hex(8)}"


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """The archive and its manifest; UnreadableBackupError for anything else."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableBackupError from error
    with archive:
        try:
            manifest = json.loads(archive.read(backup.MANIFEST))
            names = {f"{table}.copy" for table in manifest["tables"]}
            ours = manifest["format"] == backup.FORMAT and "django_migrations.copy" in names
        except (zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
            raise UnreadableBackupError from error
        if not ours or not names <= set(archive.namelist()):
            raise UnreadableBackupError
        yield archive, manifest
