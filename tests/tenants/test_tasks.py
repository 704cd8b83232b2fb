"""R20: a task runs inside its tenant, or not at all."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Reject
from django.conf import settings
from django.db import connection, connections

from tenants.context import UnknownTenantError, current_tenant, enter_by_id
from tenants.models import Tenant
from tenants.provisioning.lifecycle import delete_now, resume, schedule_deletion, suspend
from tenants.tasks import tenant_task

Make = Callable[[str], Tenant]
ran: list[tuple[str, str]] = []


@tenant_task(name="tests.note_where")
def note_where(tenant_id: str, word: str) -> str:
    """Notes the tenant and the schema that it really ran in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
    assert current_tenant().schema_name == schema
    ran.append((schema, word))
    return str(schema)


@tenant_task(name="tests.reach_for_another")
def reach_for_another(tenant_id: str) -> None:
    with enter_by_id(uuid.uuid4()):
        pass


@pytest.fixture(autouse=True)
def _nothing_ran() -> Iterator[None]:
    ran.clear()
    yield


def test_a_task_runs_inside_its_tenant_and_leaves_it(merchant: Tenant) -> None:
    connection.set_schema_to_public()
    assert note_where(str(merchant.id), "mot") == merchant.schema_name
    assert note_where(tenant_id=merchant.id, word="nommé") == merchant.schema_name
    assert ran == [(merchant.schema_name, "mot"), (merchant.schema_name, "nommé")]
    assert connection.schema_name == "public"


def test_a_task_does_not_inherit_where_the_last_one_stood(
    merchant: Tenant, other_merchant: Tenant
) -> None:
    connection.set_tenant(other_merchant)
    assert note_where(str(merchant.id), "mot") == merchant.schema_name


@pytest.mark.parametrize(
    "tenant_id",
    [None, "", "public", "d8a8e4b9-3ba6-4e7a-ac7d-8983e7981577", "0", 7, "' OR 1=1 --", {"id": 1}],
)
def test_an_id_that_is_no_tenants_is_rejected(db: None, tenant_id: object) -> None:
    with pytest.raises(Reject) as rejection:
        note_where(tenant_id, "mot")
    assert rejection.value.requeue is False
    assert ran == []


def test_a_missing_id_is_rejected(db: None) -> None:
    with pytest.raises(Reject):
        note_where(word="mot")
    assert ran == []


@pytest.mark.parametrize("close", [suspend, schedule_deletion])
def test_a_closed_tenants_task_is_rejected_until_it_is_open_again(
    merchant: Tenant, now: datetime, close: Callable[..., Tenant], caplog: pytest.LogCaptureFixture
) -> None:
    close(tenant=merchant, now=now)
    with pytest.raises(Reject):
        note_where(str(merchant.id), "mot")
    assert ran == []
    assert "rejected" in caplog.text
    resume(tenant=merchant, now=now)
    note_where(str(merchant.id), "mot")
    assert ran == [(merchant.schema_name, "mot")]


def test_an_error_inside_a_task_is_its_own(merchant: Tenant) -> None:
    """Only the task's own tenant decides about rejecting it."""
    with pytest.raises(UnknownTenantError):
        reach_for_another(str(merchant.id))


def test_a_task_that_does_not_name_its_tenant_first_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="tenant_id"):

        @tenant_task()
        def careless(order_id: str, tenant_id: str) -> None:
            """Its first parameter is not the tenant."""


@pytest.fixture
def app() -> Celery:
    app = Celery("tenant-tasks", broker=settings.REDIS_URL, set_as_current=False)
    app.conf.update(
        {
            **settings.CELERY,
            "task_default_queue": f"tests-{uuid.uuid4()}",
            "worker_enable_remote_control": False,
        }
    )
    app.tasks.register(note_where._get_current_object())  # type: ignore[attr-defined]
    return app


def test_a_worker_drops_what_a_deleted_tenant_left_in_the_queue(
    make_live_merchant: Make, now: datetime, app: Celery
) -> None:
    """Queued, then deleted: the message is acknowledged and nothing ran, least of all in public."""
    gone, stays = make_live_merchant("gone-gone"), make_live_merchant("stays-here")

    app.send_task("tests.note_where", args=[str(gone.id), "too late"])
    delete_now(tenant=gone, now=now)
    app.send_task("tests.note_where", args=[str(stays.id), "served"])
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        deadline = time.monotonic() + 20
        while not ran and time.monotonic() < deadline:
            time.sleep(0.05)
    connections.close_all()
    with app.connection() as broker:
        left = broker.default_channel.client.llen(app.conf.task_default_queue)
    assert left == 0
    assert ran == [(stays.schema_name, "served")]
