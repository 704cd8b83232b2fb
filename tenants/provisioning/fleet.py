"""Brings every tenant's schema up to the code, many times faster than one by one.

Django's own way builds the whole migration state for each tenant, which takes seconds even
when there is nothing to do. Tenants with the same history need the same SQL: it is recorded
while Django migrates the first of them, and sent to the others.
"""

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
from django.db import Error as DatabaseError
from django.db.migrations import Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from psycopg import sql

from tenants.models import Tenant, TenantState
from tenants.provisioning import guards, record
from tenants.provisioning.dedicated import connect, django_connection

logger = logging.getLogger(__name__)

# A migration that waits longer for a table would make every request behind it wait as well.
LOCK_TIMEOUT_MS = 2_000
LOCK_TRIES = 3
# Each is one connection, beside those of the web.
WORKERS = 4
_MIGRATED = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.DELETING)
_PER_QUERY = 1_000


@dataclass(slots=True)
class Group:
    """Tenants that have exactly the same migrations behind them, and what they lack."""

    tenants: list[Tenant] = field(default_factory=list)
    pending: list[Migration] = field(default_factory=list)
    guarded: bool = True

    @property
    def names(self) -> list[str]:
        """What is missing: migrations as `app.name`, in the order they will run, and guards."""
        names = [f"{one.app_label}.{one.name}" for one in self.pending]
        return names if self.guarded else [*names, guards.APP]

    @property
    def can_be_replayed(self) -> bool:
        """Whether one tenant's SQL is every tenant's: no Python, nothing outside a transaction."""
        return all(one.atomic and _is_plain(one.operations) for one in self.pending)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one tenant: `error` is empty when it is up to date now."""

    tenant: Tenant
    seconds: float
    replayed: bool
    error: str = ""


def _is_plain(operations: Sequence[Operation]) -> bool:
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            if not _is_plain(operation.database_operations):
                return False
        elif isinstance(operation, RunPython):
            return False
    return True


def survey() -> tuple[list[Group], list[Tenant]]:
    """The tenants that are behind, by what they lack, and those that have no schema at all.

    One UNION ALL asks a thousand tenants at once; Django's loader then looks at one of each
    kind of history, so the cost hardly grows with the fleet.
    """
    tenants = {
        tenant.schema_name: tenant
        for tenant in Tenant.objects.filter(state__in=_MIGRATED).order_by("created_at", "id")
    }
    histories = _histories(list(tenants))
    groups: dict[str, Group] = {}
    for schema, tenant in tenants.items():
        if schema in histories:
            groups.setdefault(histories[schema], Group()).tenants.append(tenant)
    for group in groups.values():
        group.pending, group.guarded = _lacks(group.tenants[0].schema_name)
    missing = [tenant for schema, tenant in tenants.items() if schema not in histories]
    return [group for group in groups.values() if group.names], missing


def _histories(schemas: list[str]) -> dict[str, str]:
    """For each schema that has migrations, a digest of which ones were applied."""
    found: dict[str, str] = {}
    one = sql.SQL(
        "SELECT {name}, md5(string_agg(app || '.' || name, ',' ORDER BY app, name)) FROM {table}"
    )
    with connect() as own:
        known = {
            row[0]
            for row in own.execute(
                "SELECT schemaname FROM pg_tables WHERE tablename = 'django_migrations'"
            )
        }
        there = [schema for schema in schemas if schema in known]
        for start in range(0, len(there), _PER_QUERY):
            parts = [
                one.format(
                    name=sql.Literal(schema), table=sql.Identifier(schema, "django_migrations")
                )
                for schema in there[start : start + _PER_QUERY]
            ]
            rows = own.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall()
            found.update((schema, history or "") for schema, history in rows)
    return found


def _lacks(schema: str) -> tuple[list[Migration], bool]:
    """The migrations that one schema waits for, and whether it has this code's guards."""
    with django_connection(schema) as own:
        executor = MigrationExecutor(own)
        guarded = (guards.APP, guards.version()) in executor.recorder.applied_migrations()
        plan = executor.migration_plan(record.targets(executor.loader))
        return [step[0] for step in plan], guarded


def migrate_group(group: Group, *, workers: int = WORKERS) -> Iterator[Outcome]:
    """Bring one group up to date, telling how each went.

    Django migrates the first; the others are sent its SQL, `workers` at a time. A tenant that
    fails is left as it was and the next one is taken; running again takes up what is left, also
    after an interruption. Guards are put on again in every case.
    """
    waiting = deque(group.tenants)
    statements: list[str] | None = None
    while waiting and statements is None:
        outcome, recorded = _by_django(waiting.popleft())
        statements = _usable(group, recorded) if recorded else None
        yield outcome
    if statements is not None:
        yield from _replay_to(waiting, statements, workers)


def _by_django(tenant: Tenant) -> tuple[Outcome, list[str]]:
    """What became of one tenant, and the SQL that ran."""
    started, recorded, error = time.perf_counter(), [], ""
    try:
        recorded = _patiently(tenant.schema_name)
    except (DatabaseError, psycopg.Error, record.UnableToRecordError) as problem:
        error = f"{type(problem).__name__}: {problem}".strip()
        logger.warning("tenant %s could not be migrated: %s", tenant.slug, error)
    return Outcome(tenant, time.perf_counter() - started, False, error), recorded


def _replay_to(tenants: Iterable[Tenant], statements: list[str], workers: int) -> Iterator[Outcome]:
    """Several at once; Django takes those that the recorded SQL did not fit."""

    def attempt(tenant: Tenant) -> tuple[Tenant, float, bool]:
        started = time.perf_counter()
        done = _replay(tenant.schema_name, statements)
        return tenant, time.perf_counter() - started, done

    pool = ThreadPoolExecutor(workers, thread_name_prefix="fleet")
    try:
        for tenant, seconds, done in pool.map(attempt, tenants):
            yield Outcome(tenant, seconds, replayed=True) if done else _by_django(tenant)[0]
    finally:
        # Who is interrupted, by a key or an error, waits for those at work and begins no other.
        pool.shutdown(cancel_futures=True)


def _usable(group: Group, recorded: list[str]) -> list[str] | None:
    """The recording, if it holds each of the group's pending migrations from start to end.

    It does not when this tenant was partly migrated before, by a run that was interrupted.
    """
    finished = sum('INTO "django_migrations"' in statement for statement in recorded)
    whole = group.can_be_replayed and finished == len(group.pending)
    return recorded if whole else None


def _replay(schema: str, statements: list[str]) -> bool:
    """Send the recorded SQL in one transaction; False when this tenant needs Django instead."""
    try:
        with connect(schema=schema, lock_timeout_ms=LOCK_TIMEOUT_MS) as own, own.pipeline():
            for statement in statements:
                own.execute(statement.encode())
            guards.apply(own)
    except psycopg.Error as error:
        logger.info("replaying to %s failed (%s): Django migrates it", schema, error)
        return False
    return True


def _patiently(schema: str) -> list[str]:
    """Let Django migrate one schema, and return the SQL that the last attempt ran.

    A lock that is not to be had is asked for again, a few times.
    """
    for attempt in range(1, LOCK_TRIES + 1):
        recorder = record.Recorder(schema)
        try:
            record.migrate_with_django(schema, recorder, lock_timeout_ms=LOCK_TIMEOUT_MS)
            break
        except (DatabaseError, psycopg.Error) as error:
            cause = error.__cause__ or error
            if not isinstance(cause, psycopg.errors.LockNotAvailable) or attempt == LOCK_TRIES:
                raise
            time.sleep(0.2 * attempt)
    return recorder.statements
