"""What `manage.py tenants migrate` shows while it works."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from rich.progress import track

from tenants.provisioning import record
from tenants.provisioning.fleet import WORKERS, Outcome, migrate_group, survey

Say = Callable[[str], Any]


def check(say: Say) -> None:
    """Tell who is behind and what they lack; CommandError when there is anybody."""
    groups, missing = survey()
    for group in groups:
        say(f"{len(group.tenants)} behind, waiting for {', '.join(group.names)}:")
        for tenant in group.tenants:
            say(f"  {tenant.slug}")
    for tenant in missing:
        say(f"{tenant.slug} has no schema ({tenant.schema_name}).")
    if groups or missing:
        raise CommandError("Not every schema is up to date.")
    say("Every schema is up to date.")


def migrate(say: Say, *, now: datetime, workers: int = WORKERS, bar: bool = False) -> None:
    """Bring everybody up to date; CommandError lists those that failed.

    One line for each tenant, or with `bar` a progress bar for a person who looks on.
    """
    groups, missing = survey()
    total = sum(len(group.tenants) for group in groups)
    done, failed = 0, [f"{tenant.slug}: it has no schema" for tenant in missing]
    for group in groups:
        say(f"{len(group.tenants)} tenants: {', '.join(group.names)}")
        outcomes = migrate_group(group, workers=workers)
        for outcome in _with_bar(outcomes, len(group.tenants)) if bar else outcomes:
            done += 1
            how = "failed" if outcome.error else "replayed" if outcome.replayed else "migrated"
            if not bar:
                say(f"[{done}/{total}] {outcome.tenant.slug} {how} in {outcome.seconds:.2f} s")
            if outcome.error:
                failed.append(f"{outcome.tenant.slug}: {outcome.error}")
    if record.recording_for_this_code() is None:
        say("Recording what a new merchant's schema is made of.")
        record.record(now=now)
    if failed:
        raise CommandError(
            "These tenants are not up to date; run again when the cause is gone:\n  "
            + "\n  ".join(failed)
        )
    say(f"{done} tenants migrated; every schema is up to date.")


def _with_bar(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    yield from track(outcomes, total=total, description="Migrating", transient=True)
