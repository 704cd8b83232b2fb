"""Every Celery task: inside its own merchant, or not at all (R19, R20)."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Task
from celery.exceptions import Reject
from django.db import connection
from django.utils import timezone

from config.celery import app
from kernel.ledger.models import Pending
from kernel.outbox.models import Event, EventState
from tenants.context import enter
from tenants.models import Tenant, TenantState
from tenants.tasks import TenantTask
from tests.isolation.conftest import Side
from tests.isolation.snapshot import Watch

# Tasks that go over the fleet by themselves, and what proves that they leave alone who is out.
FLEET = {
    "config.check_connections",
    "config.check_limits",
    "config.complete_wins",
    "config.finish_partners",
    "config.finish_signups",
    "config.forget_api_answers",
    "config.forget_old_facts",
    "config.post_due_rewards",
    "config.purge_accounts",
    "config.refresh_entitlements",
    "config.reconcile_payments",
    "config.relay_public",
    "config.remind_of_payments",
    "config.send_reminders",
    "config.sweep",
    "config.tend_tenants",
}
TENANT = {"config.relay_tenant"}


def ours() -> dict[str, Task[Any, Any]]:
    app.loader.import_default_modules()
    return {
        name: task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))
    }


@pytest.fixture
def in_public() -> Iterator[None]:
    """Stand in the public schema, as a worker's thread does between two tasks."""
    before = connection.tenant
    connection.set_schema_to_public()
    yield
    if isinstance(before, Tenant):
        connection.set_tenant(before)


def test_every_task_has_its_place_in_the_matrix() -> None:
    """Whoever adds a task says here whether it belongs to one merchant."""
    assert set(ours()) == FLEET | TENANT
    for name in TENANT:
        assert isinstance(ours()[name], TenantTask), name


@pytest.mark.parametrize("name", sorted(TENANT))
@pytest.mark.parametrize(
    "state", ["unknown", "none", "schema name", "suspended", "deleting", "deleted"]
)
def test_a_tenants_task_is_rejected_outside_an_active_tenant(
    lumen: Side, marin: Side, watch: Watch, in_public: None, name: str, state: str
) -> None:
    """R20: what was queued for a merchant who is no more active does not run, here or elsewhere."""
    argument: str | None = str(marin.tenant.id)
    if state == "unknown":
        argument = str(uuid.uuid4())
    elif state == "none":
        argument = None
    elif state == "schema name":
        argument = marin.tenant.schema_name
    elif state == "suspended":
        Tenant.objects.filter(id=marin.tenant.id).update(state=TenantState.SUSPENDED)
    elif state == "deleting":
        Tenant.objects.filter(id=marin.tenant.id).update(state=TenantState.DELETING)
    else:
        Tenant.objects.filter(id=marin.tenant.id).update(state=TenantState.DELETED)
    watch.again()
    with (
        watch.nothing_happens(f"{name} for {state}", but=frozenset()),
        pytest.raises(Reject) as rejected,
    ):
        ours()[name](argument)
    assert rejected.value.requeue is False
    assert connection.schema_name == "public"


def test_a_relay_touches_one_merchants_outbox_only(
    lumen: Side, marin: Side, in_public: None
) -> None:
    """R20, R21: both have events due; one is served."""
    ours()["config.relay_tenant"](str(lumen.tenant.id))
    with enter(lumen.tenant):
        due = Event.objects.filter(state=EventState.PENDING, due_at__lte=timezone.now())
        assert not due.filter(attempts=0).exists()
    with enter(marin.tenant):
        assert not Event.objects.exclude(state=EventState.PENDING, attempts=0).exists()
        assert Event.objects.exists()


@pytest.mark.parametrize("name", sorted(FLEET))
def test_a_fleets_task_leaves_a_suspended_merchant_alone(
    lumen: Side, marin: Side, in_public: None, name: str
) -> None:
    """R20: no email leaves, no reward posts, nothing is written for who is suspended."""
    with enter(marin.tenant):
        assert Event.objects.filter(state=EventState.PENDING, due_at__lte=timezone.now()).exists()
        assert Pending.objects.filter(due_at__lte=timezone.now()).exists()
    Tenant.objects.filter(id=marin.tenant.id).update(state=TenantState.SUSPENDED)
    watch = Watch([marin.tenant.schema_name])
    with watch.nothing_happens(f"{name} with a suspended merchant", but=frozenset()):
        ours()[name]()
    assert connection.schema_name == "public"


def test_the_fleets_clock_and_sweep_do_their_work_for_who_is_active(
    lumen: Side, marin: Side, in_public: None
) -> None:
    """The control of the test above: the same rows, in a merchant who is active."""
    ours()["config.post_due_rewards"]()
    ours()["config.sweep"]()
    for side in (lumen, marin):
        with enter(side.tenant):
            assert not Pending.objects.filter(due_at__lte=timezone.now()).exists()
            due = Event.objects.filter(due_at__lte=timezone.now())
            assert not due.filter(attempts=0).exists()
