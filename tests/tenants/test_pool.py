"""R18, R19: a pooled connection never keeps a tenant's path, a thread without one is nowhere."""

import asyncio
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import ProgrammingError, connection, connections, transaction

from tenants.context import NoTenantError, current_tenant, enter, enter_by_id
from tenants.models import Tenant
from tests.fixtures.effort import effort
from tests.tenants.test_backend import note, who

Ask = Callable[..., list[tuple[object, ...]]]


def mixed_work(schemas: tuple[str, str], seed: float, rounds: int) -> int:
    """Reads, writes, rollbacks, savepoints, and connections given back to the pool."""
    rng = random.Random(seed)
    for _ in range(rounds):
        schema = rng.choice(schemas)
        connection.set_schema(schema)
        try:
            assert who() == schema
            with transaction.atomic():
                note(schema)
                if rng.random() < 0.5:
                    raise ZeroDivisionError
                with transaction.atomic():
                    other = schemas[schema == schemas[0]]
                    connection.set_schema(other)
                    assert who() == other
                    connection.set_schema(schema)
                    if rng.random() < 0.5:
                        raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        assert who() == schema
        if rng.random() < 0.3:
            connection.close()
    connections.close_all()
    return rounds


@pytest.mark.timeout(900)
def test_threads_on_one_pool_never_see_each_others_schema(
    two_schemas: tuple[str, str], ask: Ask, rng: random.Random
) -> None:
    rounds = effort(short=150, soak=1_500)
    connection.close()
    with ThreadPoolExecutor(12) as threads:  # more than the pool has connections
        work = [threads.submit(mixed_work, two_schemas, rng.random(), rounds) for _ in range(12)]
        assert sum(one.result() for one in work) == 12 * rounds
    for schema in two_schemas:
        assert ask(f"SELECT DISTINCT name FROM {schema}.log") == [(schema,)]


def test_a_connection_from_the_pool_starts_in_public(two_schemas: tuple[str, str]) -> None:
    connection.set_schema(two_schemas[0])
    assert who() == two_schemas[0]
    connection.close()

    def elsewhere() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW search_path")
            path = cursor.fetchone()[0]
        connections.close_all()
        return str(path)

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(elsewhere).result() == "public"


@pytest.mark.usefixtures("two_schemas")
def test_what_died_in_the_pool_is_given_to_nobody(ask: Ask) -> None:
    """R9: after a restart of the database all idle connections are dead, and none is noticed."""
    at_once = 4
    together = threading.Barrier(at_once)

    def number(_: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found = int(cursor.fetchone()[0])
            together.wait(timeout=20)
        connections.close_all()
        return found

    with ThreadPoolExecutor(at_once) as threads:
        idle = list(threads.map(number, range(at_once)))
        assert len(set(idle)) == at_once
        killed = ask(f"SELECT pg_terminate_backend(pid, 5000) FROM unnest(ARRAY{idle}) AS pid")
        assert killed == [(True,)] * at_once
        after = list(threads.map(number, range(at_once)))
    assert not set(after) & set(idle)


def test_a_new_thread_has_no_tenant_and_no_tenants_tables(live_merchant: Tenant) -> None:
    """R19: the caller's tenant is not inherited; public has none of these tables."""
    from tenants.profiles.models import Profile

    assert current_tenant() == live_merchant
    assert Profile.objects.count() == 0

    def elsewhere() -> str:
        with pytest.raises(NoTenantError):
            current_tenant()
        with pytest.raises(ProgrammingError, match="does not exist"):
            Profile.objects.count()
        try:
            return Tenant.objects.get(pk=live_merchant.pk).slug
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(elsewhere).result() == live_merchant.slug


def test_async_code_is_refused_and_its_threads_are_in_public(live_merchant: Tenant) -> None:
    """R19"""
    from tenants.profiles.models import Profile

    async def directly() -> None:
        Profile.objects.count()

    def in_its_thread() -> None:
        try:
            Profile.objects.count()
        finally:
            connections.close_all()

    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(directly())

    async def through_a_thread() -> None:
        await sync_to_async(in_its_thread, thread_sensitive=False)()

    with pytest.raises(ProgrammingError, match="does not exist"):
        asyncio.run(through_a_thread())


def test_entering_a_tenant_ends_where_it_began(merchant: Tenant, other_merchant: Tenant) -> None:
    assert current_tenant() == merchant
    with enter(other_merchant):
        assert current_tenant() == other_merchant
    assert current_tenant() == merchant
    with pytest.raises(ZeroDivisionError), enter_by_id(str(other_merchant.id)):
        raise ZeroDivisionError
    assert current_tenant() == merchant
