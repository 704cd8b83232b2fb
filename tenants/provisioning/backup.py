"""One merchant's schema, exactly, in one file: for `restore`, where `export` is for people."""

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from tenants.models import Tenant
from tenants.provisioning import tables
from tenants.provisioning.archive import entry, new_archive
from tenants.provisioning.dedicated import Connection, connect

FORMAT = "ricochet-tenant-backup/1"
MANIFEST = "manifest.json"
# What a merchant restored under another name takes along of its row in the public schema.
FACTS = (
    "name", "kind", "brand_color", "brand_tokens", "site_url", "contact_email",
    "public_email", "policy_url", "legal_notice", "currency", "language", "timezone", "modules",
    "partner_only",
)  # fmt: skip


def back_up(tenant: Tenant, path: Path, *, now: datetime) -> dict[str, int]:
    """Write a backup to a new zip at `path`, all of one moment; returns the rows of each table.

    One `<table>.copy` for each table, as PostgreSQL's COPY writes it, and a manifest with their
    digests. The merchant goes on working meanwhile. Raises FileExistsError.
    """
    with new_archive(path) as archive, connect() as own:
        own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        schema = tenant.schema_name
        found: dict[str, Any] = {}
        for table, columns in tables.columns_of(own, schema).items():
            _write_table(archive, own, (schema, table), columns, now)
            held = tables.contents(own, schema, table, columns)
            found[table] = {"columns": columns, "rows": held.rows, "digest": held.digest}
        manifest = {
            "format": FORMAT,
            "taken_at": now.isoformat(),
            "tenant": {"id": str(tenant.id), "slug": tenant.slug}
            | {name: getattr(tenant, name) for name in FACTS},
            "tables": found,
            "sequences": tables.sequences_of(own, schema),
        }
        archive.writestr(entry(MANIFEST, now), json.dumps(manifest, ensure_ascii=False, indent=2))
    return {table: held["rows"] for table, held in found.items()}


def _write_table(
    archive: zipfile.ZipFile,
    own: Connection,
    table: tuple[str, str],
    columns: list[str],
    now: datetime,
) -> None:
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(*table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        archive.open(entry(f"{table[1]}.copy", now), "w", force_zip64=True) as out,
        own.cursor().copy(query) as rows,
    ):
        for piece in rows:
            out.write(piece)
