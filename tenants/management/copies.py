"""`manage.py tenants backup | restore`: one merchant to a file, and back."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tenants.management.noting import note
from tenants.models import Tenant
from tenants.provisioning import orphans as orphan_schemas
from tenants.provisioning.backup import back_up
from tenants.provisioning.restore import merchant_of, restore_as, restore_over

Say = Callable[[str], Any]


def add_arguments(actions: Any) -> None:
    """The two actions and what they take."""
    backup: ArgumentParser = actions.add_parser("backup", help="one merchant, exactly, to a file")
    backup.add_argument("slug")
    backup.add_argument("file", type=Path, nargs="?", help="default: <slug>-<moment>.zip here")
    restore: ArgumentParser = actions.add_parser(
        "restore", help="a merchant as in its backup: in its place, or beside it with --as"
    )
    restore.add_argument("file", type=Path)
    restore.add_argument("--as", dest="new_slug", help="a new merchant of this address")
    restore.add_argument("--yes", action="store_true", help="do not ask (for scripts)")


def backup(say: Say, tenant: Tenant, file: Path | None, *, now: datetime) -> Path:
    """Write the file; CommandError when that is impossible.

    It is noted beforehand: a copy that stops half-way was asked for, too.
    """
    note(act="backed_up", tenant=tenant, now=now)
    path = file or Path(f"{tenant.slug}-{now:%Y%m%d-%H%M%S}.zip")
    try:
        counts = back_up(tenant, path, now=now)
    except OSError as error:
        raise CommandError(f"The backup failed: {error}") from error
    say(f"{tenant.slug}: {sum(counts.values())} rows of {len(counts)} tables in {path}.")
    return path


def restore(say: Say, file: Path, *, new_slug: str | None, yes: bool, now: datetime) -> None:
    """Restore beside what there is, or in its place after its name was typed."""
    if new_slug:
        tenant = restore_as(file, slug=new_slug, now=now)
        note(act="restored", tenant=tenant, now=now)
        say(f"{tenant.slug} holds what the backup holds. It is suspended, and has no team yet:")
        say(
            f"`tenants resume {tenant.slug}` opens it, `tenants owner {tenant.slug} EMAIL` invites."
        )
        return
    tenant = merchant_of(file)
    if not yes:
        say(f"{tenant.name}: all that happened since the backup is taken back.")
        if input(f"Type {tenant.slug} to go on: ").strip() != tenant.slug:
            raise CommandError("Nothing was changed.")
    # What it has become is kept as well: a restoration that was a mistake can be undone.
    backup(say, tenant, Path(f"{tenant.slug}-before-{now:%Y%m%d-%H%M%S}.zip"), now=now)
    note(act="restored", tenant=tenant, now=now)
    restore_over(file, now=now)
    say(f"{tenant.slug} is as it was, and suspended: `tenants resume {tenant.slug}` opens it.")


def orphans(say: Say, *, drop: bool) -> None:
    """Name the schemas that belong to no merchant; drop them after their number was typed."""
    names = orphan_schemas.orphans()
    for name in names:
        say(f"{name} belongs to no merchant.")
    if not names or not drop:
        return
    say("Is the public schema whole? Merchants that it has forgotten would be lost with these.")
    if input(f"Type {len(names)} to drop as many schemas: ").strip() != str(len(names)):
        raise CommandError("Nothing was dropped.")
    orphan_schemas.drop_orphans(names)
    say(f"{len(names)} dropped.")
