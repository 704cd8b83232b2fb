"""All that a merchant owns, in one file: asked for before a schema is dropped."""

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from tenants.models import Tenant
from tenants.provisioning.archive import entry, new_archive
from tenants.provisioning.dedicated import Connection, connect

FORMAT = "ricochet-tenant-export/1"


def export_tenant(tenant: Tenant, path: Path, *, now: datetime) -> dict[str, int]:
    """Write every table of the schema to a new zip at `path`; returns the rows of each table.

    One `<table>.jsonl` for each table (a JSON object a line, as PostgreSQL writes it) and a
    `manifest.json`, all of one moment. The file appears whole or not at all, readable by its
    owner alone. Raises FileExistsError rather than replace an earlier export.
    """
    with new_archive(path) as archive:
        return _write(archive, tenant, now)


def _write(archive: zipfile.ZipFile, tenant: Tenant, now: datetime) -> dict[str, int]:
    with connect() as own:
        own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        names = own.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [tenant.schema_name]
        ).fetchall()
        counts = {
            name: _write_table(archive, own, (tenant.schema_name, name), now) for (name,) in names
        }
    facts: dict[str, Any] = {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "tenant": str(tenant.id),
        "slug": tenant.slug,
        "name": tenant.name,
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "created_at": tenant.created_at.isoformat(),
        "tables": counts,
    }
    archive.writestr(entry("manifest.json", now), json.dumps(facts, ensure_ascii=False, indent=2))
    return counts


def _write_table(
    archive: zipfile.ZipFile, own: Connection, table: tuple[str, str], now: datetime
) -> int:
    count = 0
    query = sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(sql.Identifier(*table))
    file = entry(f"{table[1]}.jsonl", now)
    with archive.open(file, "w", force_zip64=True) as out, own.cursor("export") as rows:
        rows.itersize = 2_000
        for (line,) in rows.execute(query):
            out.write(line.encode() + b"\n")
            count += 1
    return count
