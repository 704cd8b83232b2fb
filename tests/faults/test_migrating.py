"""R12: the next version's migration goes through the fleet while today's code takes orders."""

import itertools
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from deploy.local.processes import ROOT
from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.outside import Answer, Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]
TOMORROW = "tomorrow"


@pytest.fixture
def fleet(stack: Stack) -> Iterator[list[str]]:
    """Some merchants more than the demo's; all are as before afterwards."""
    for number in range(effort(short=4, soak=60)):
        slug = f"flotte-{number}"
        if slug not in there(stack):
            stack.manage("tenants", "create", slug, "--name", slug.title())
    yield list(there(stack).values())
    with psycopg.connect(str(stack.database_url)) as own:
        for schema in there(stack).values():
            table = sql.Identifier(schema, "activity_order")
            own.execute(sql.SQL("ALTER TABLE {} DROP COLUMN IF EXISTS tomorrow").format(table))
            forget = sql.SQL("DELETE FROM {} WHERE name = %s")
            own.execute(forget.format(sql.Identifier(schema, "django_migrations")), [TOMORROW])


def there(stack: Stack) -> dict[str, str]:
    """Each merchant's schema by its slug."""
    with psycopg.connect(str(stack.database_url)) as own:
        rows = own.execute("SELECT slug, schema_name FROM tenants_tenant WHERE state <> 'deleted'")
        return dict(rows.fetchall())


def migrated(stack: Stack) -> set[str]:
    """The schemas that have tomorrow's column."""
    with psycopg.connect(str(stack.database_url)) as own:
        rows = own.execute(
            "SELECT table_schema FROM information_schema.columns"
            " WHERE table_name = 'activity_order' AND column_name = 'tomorrow'"
        )
        return {schema for (schema,) in rows}


def migrate(stack: Stack) -> subprocess.Popen[str]:
    """`manage.py tenants migrate` of the next version, begun."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.fixtures.tomorrow.settings"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "tenants", "migrate"],
        cwd=ROOT,
        env=stack.environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_half_way(stack: Stack, already: set[str]) -> bool:
    """Kill the migration once it has done some merchants; False where it was done before that."""
    process = migrate(stack)
    while process.poll() is None and not migrated(stack) - already:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    return process.returncode != 0


def test_r12_orders_go_on_while_the_fleet_is_migrated_killed_and_taken_up_again(
    stack: Stack, shop: Shop, code: str, fleet: list[str], rng: random.Random
) -> None:
    over, answers, numbers = threading.Event(), list[Answer](), itertools.count()

    def shops() -> None:
        while not over.is_set():
            answers.append(shop.order(next(numbers), code=code))
            assert stack.fetch("web", "/healthz")

    buyers = [threading.Thread(target=shops) for _ in range(4)]
    for buyer in buyers:
        buyer.start()
    try:
        assert kill_half_way(stack, set()), "it was not killed: this proves nothing"
        half = migrated(stack)
        time.sleep(rng.uniform(0.5, 1.5))
        again = migrate(stack)
        told = again.communicate()[0]
        time.sleep(1)
    finally:
        over.set()
        for buyer in buyers:
            buyer.join()
    assert again.returncode == 0, told
    assert half < set(fleet) and migrated(stack) == set(fleet)
    assert len(answers) > 10 and {answer.status for answer in answers} == {201}
    assert shop.counts()["orders"] == len(answers)
    with shop.database() as own:
        rows = own.execute("SELECT DISTINCT tomorrow FROM activity_order").fetchall()
    assert rows == [("",)], "today's code writes rows that tomorrow's can read"
    shop.books_add_up()
