"""A merchant's schema: replaying recorded SQL against running the migrations."""

import statistics
import time

from tests.benchmarks.results import Row


def measure(*, rounds: int) -> list[Row]:
    """Both ways in turn, `rounds` times, in this process; medians."""
    from django.utils import timezone

    from tenants.provisioning.services import provision_tenant

    # The first one records the SQL, once for each state of the code.
    provision_tenant(name="Premier", slug="banc-premier", now=timezone.now())
    replayed, migrated = [], []
    for number in range(rounds):
        started = time.perf_counter()
        provision_tenant(name="Banc", slug=f"banc-{number}", now=timezone.now())
        replayed.append(time.perf_counter() - started)
        migrated.append(_migrate(number))
    ours, theirs = statistics.median(replayed), statistics.median(migrated)
    return [
        Row(
            what="A new merchant's schema (reference: `migrate_schemas`)",
            ours=f"{ours * 1000:.0f} ms",
            reference=f"{theirs * 1000:.0f} ms",
            ratio=f"{theirs / ours:.1f} × faster",
            aim="7 × faster, under 1 s",
            reached=theirs / ours >= 7 and ours < 1,
        )
    ]


def _migrate(number: int) -> float:
    """Seconds that django-tenants takes for an empty schema, without starting a process."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone
    from psycopg import sql

    from tenants.models import Tenant

    schema = f"t_migrated_{number}"
    now = timezone.now()
    connection.set_schema_to_public()
    tenant = Tenant.objects.create(
        schema_name=schema, slug=f"migre-{number}", name="Migré", created_at=now
    )
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    call_command("migrate_schemas", schema_name=schema, tenant=True, verbosity=0)
    seconds = time.perf_counter() - started
    connection.set_schema_to_public()
    tenant.delete()
    return seconds
