"""A whole fleet: bringing it up to the code against `migrate_schemas`, and making it in a row.

Every merchant is set back to before one app's tables, as a new version would find them. Both ways
run in this process, on the same merchants, one after the other.
"""

import statistics
import time

from tests.benchmarks.results import Row

SMALL, LARGE = 200, 1_000
_APP = "widgets"


def measure(*, small: int = SMALL, large: int = LARGE) -> list[Row]:
    """The fleet at two sizes, and how long the last merchants took to make beside the first."""
    made = _provision(small)
    ours, theirs = _migrate(), _migrate_schemas()
    made += _provision(large - small, begin=small)
    later = _migrate()
    edge = max(10, large // 10)
    first, last = statistics.median(made[:edge]), statistics.median(made[-edge:])
    growth = later / ours / (large / small)
    return [
        Row(
            what=f"A migration for {small:,} merchants (reference: `migrate_schemas`)",
            ours=f"{ours:.1f} s",
            reference=f"{theirs:.0f} s",
            ratio=f"{theirs / ours:.0f} × faster",
            aim="10 × faster",
            reached=theirs / ours >= 10,
        ),
        Row(
            what=f"The same for {large:,} merchants",
            ours=f"{later:.1f} s",
            ratio=f"{growth:.2f} × the time for each of {small:,}",
            aim="linear",
            reached=growth <= 1.25,
        ),
        Row(
            what=f"{large:,} merchants made in a row: the last {edge} beside the first",
            ours=f"{last * 1000:.0f} ms after {first * 1000:.0f} ms",
            ratio=f"{last / first:.2f} ×",
            aim="1.5 × at most",
            reached=last / first <= 1.5,
        ),
    ]


def _provision(number: int, *, begin: int = 0) -> list[float]:
    from django.utils import timezone

    from tenants.provisioning.services import provision_tenant

    seconds = []
    for one in range(begin, begin + number):
        started = time.perf_counter()
        provision_tenant(name="Flotte", slug=f"flotte-{one}", now=timezone.now())
        seconds.append(time.perf_counter() - started)
    return seconds


def _set_back() -> None:
    """Every merchant as it was before one app's tables."""
    from django.apps import apps

    from tenants.models import Tenant
    from tenants.provisioning.dedicated import connect

    models = apps.get_app_config(_APP).get_models(include_auto_created=True)
    names = [model._meta.db_table for model in models]
    for schema in Tenant.objects.values_list("schema_name", flat=True):
        with connect(schema=schema) as own:
            own.execute(f"DROP TABLE {', '.join(names)} CASCADE".encode())
            own.execute("DELETE FROM django_migrations WHERE app = %s", [_APP])


def _migrate() -> float:
    from tenants.provisioning.fleet import migrate_group, survey

    _set_back()
    started = time.perf_counter()
    groups, _missing = survey()
    failed = [one.error for group in groups for one in migrate_group(group) if one.error]
    seconds = time.perf_counter() - started
    if failed or survey()[0]:
        raise RuntimeError(f"{len(failed)} merchants were not migrated: {failed[:1]}")
    return seconds


def _migrate_schemas() -> float:
    from django.core.management import call_command

    _set_back()
    started = time.perf_counter()
    call_command("migrate_schemas", tenant=True, verbosity=0)
    return time.perf_counter() - started
