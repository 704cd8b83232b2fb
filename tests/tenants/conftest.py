"""What the tenancy tests share: raw answers from the database, and tenants that can be broken."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tenants.context import enter
from tenants.messaging.models import Email, EmailState
from tenants.models import Tenant
from tenants.provisioning import backup, replay
from tenants.provisioning.dedicated import connect
from tests.fixtures import programme
from tests.tenants.restored import order

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def ask() -> Callable[..., list[tuple[object, ...]]]:
    """`ask(sql, *params)`: the rows, on a connection that Django knows nothing of."""

    def rows(statement: str, *params: object) -> list[tuple[object, ...]]:
        with connect() as own:
            cursor = own.execute(statement.encode(), params or None)
            return cursor.fetchall() if cursor.description else []

    return rows


@pytest.fixture
def two_schemas(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    ask: Callable[..., list[tuple[object, ...]]],
) -> Iterator[tuple[str, str]]:
    """Two bare schemas, each with a table `who` that says its name and a table `log` to write."""
    names = ("t_left", "t_right")
    for name in names:
        ask(f"CREATE SCHEMA {name}")
        ask(f"CREATE TABLE {name}.who AS SELECT '{name}' AS name")
        ask(f"CREATE TABLE {name}.log (name text)")
    with django_db_blocker.unblock():
        yield names
        connections.close_all()
    for name in names:
        ask(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def lumen(make_live_merchant: Callable[[str], Tenant]) -> Iterator[Tenant]:
    """A merchant whose referrer waits for 8 €, with emails that wait to be sent."""
    tenant = make_live_merchant("to-be-restored")
    with enter(tenant):
        programme.publish()
        order(programme.make_camille())
        assert Email.objects.filter(state=EmailState.QUEUED).exists()
    yield tenant
    for one in Tenant.objects.filter(slug__in=[tenant.slug, "the-copy"]):
        replay.drop(one.schema_name)
    Tenant.objects.filter(slug="the-copy").delete()


@pytest.fixture
def file(lumen: Tenant, tmp_path: Path) -> Path:
    path = tmp_path / "lumen.zip"
    backup.back_up(lumen, path, now=programme.NOW)
    return path
