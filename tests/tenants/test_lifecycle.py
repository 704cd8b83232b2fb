"""Suspending, resuming, deleting: what may follow what, and what stays (R20, R25)."""

import json
import stat
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from accounts.models import Membership, User
from tenants.context import enter
from tenants.models import Domain, Tenant, TenantState
from tenants.provisioning import export as export_module
from tenants.provisioning import replay
from tenants.provisioning.export import export_tenant
from tenants.provisioning.lifecycle import (
    TenantStateError,
    delete_due,
    delete_now,
    resume,
    schedule_deletion,
    suspend,
)
from tenants.provisioning.services import SlugTakenError, provision_tenant, schema_exists

Make = Callable[[str], Tenant]


def test_a_suspended_tenant_keeps_everything(merchant: Tenant, now: datetime) -> None:
    assert suspend(tenant=merchant, now=now).state == TenantState.SUSPENDED
    assert schema_exists(merchant.schema_name)
    again = resume(tenant=merchant, now=now + timedelta(hours=1))
    assert (again.state, again.state_changed_at) == (
        TenantState.ACTIVE, now + timedelta(hours=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "move"),
    [
        ("suspended", suspend), ("provisioning", suspend), ("deleting", suspend),
        ("deleted", suspend), ("active", resume), ("deleted", resume), ("provisioning", resume),
        ("deleting", schedule_deletion), ("deleted", schedule_deletion), ("deleted", delete_now),
    ],
)  # fmt: skip
def test_a_move_that_makes_no_sense_is_refused_and_changes_nothing(
    merchant: Tenant, now: datetime, state: str, move: Callable[..., Tenant]
) -> None:
    Tenant.objects.filter(pk=merchant.pk).update(state=state)
    with pytest.raises(TenantStateError) as refusal:
        move(tenant=merchant, now=now)
    assert (refusal.value.code, refusal.value.status) == ("tenant_state", 409)
    merchant.refresh_from_db()
    assert merchant.state == state
    assert schema_exists(merchant.schema_name)


def test_a_deletion_waits_thirty_days_and_can_be_called_off(
    merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    """R25"""
    waiting = schedule_deletion(tenant=merchant, now=now)
    assert waiting.delete_after == now + timedelta(days=30)
    assert delete_due(now + timedelta(days=30) - timedelta(seconds=1)) == 0
    assert resume(tenant=merchant, now=now).delete_after is None
    assert delete_due(now + timedelta(days=31)) == 0
    assert schema_exists(merchant.schema_name)


def test_a_deletion_called_off_at_the_last_moment_is_not_done(
    merchant: Tenant, now: datetime
) -> None:
    """R25: `delete_due` had read the row before; what the operator said last holds."""
    read_before = schedule_deletion(tenant=merchant, now=now)
    resume(tenant=merchant, now=now + timedelta(days=31))
    with pytest.raises(TenantStateError):
        delete_now(tenant=read_before, now=now + timedelta(days=31), only_due=True)
    assert schema_exists(merchant.schema_name)


def test_a_merchant_that_cannot_be_deleted_now_stops_nobody(
    merchant: Tenant, other_merchant: Tenant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in (merchant, other_merchant):
        schedule_deletion(tenant=tenant, now=now)
    tried = []

    def drop(schema: str) -> None:
        tried.append(schema)
        raise psycopg.errors.LockNotAvailable

    monkeypatch.setattr(replay, "drop", drop)
    assert delete_due(now + timedelta(days=31)) == 0
    assert sorted(tried) == sorted([merchant.schema_name, other_merchant.schema_name])


def test_what_is_due_is_deleted_and_its_row_stays(make_live_merchant: Make, now: datetime) -> None:
    """R20: the row keeps the schema's name, so that it is never used again."""
    gone, stays = make_live_merchant("gone-gone"), make_live_merchant("stays-here")
    user = User.objects.create_user("zoe@example.fr")
    for tenant in (gone, stays):
        Membership.objects.create(user=user, tenant_id=tenant.id, role="owner")
    schedule_deletion(tenant=gone, now=now)
    assert delete_due(now + timedelta(days=30)) == 1

    gone.refresh_from_db()
    assert (gone.state, gone.contact_email, gone.delete_after) == (TenantState.DELETED, "", None)
    assert not schema_exists(gone.schema_name)
    assert not Domain.objects.filter(tenant=gone).exists()
    assert list(Membership.objects.values_list("tenant_id", flat=True)) == [stays.id]
    assert schema_exists(stays.schema_name)
    with pytest.raises(SlugTakenError):
        provision_tenant(name="Bis", slug=gone.slug, now=now)


def test_an_export_holds_every_row_of_every_table(
    make_live_merchant: Make, now: datetime, tmp_path: Path
) -> None:
    from tenants.rewards.models import Prize

    tenant, other = make_live_merchant("chez-zoe"), make_live_merchant("chez-lea")
    names = ["Café « crème »", "two\nlines", "back\\slash", "=1+1", "😀"]
    for place, prizes in ((tenant, names), (other, ["somebody else's"])):
        with enter(place):
            for name in prizes:
                Prize.objects.create(name=name, cost=10, unit="PTS", created_at=now)

    path = tmp_path / "made" / "chez-zoe.zip"
    counts = export_tenant(tenant, path, now=now)

    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        lines = archive.read("rewards_prize.jsonl").decode().splitlines()
        files = {name.removesuffix(".jsonl") for name in archive.namelist()}
    assert sorted(json.loads(line)["name"] for line in lines) == sorted(names)
    assert manifest["tables"] == counts
    assert counts["rewards_prize"] == len(names)
    connection.set_tenant(tenant)
    assert files - {"manifest.json"} == set(connection.introspection.table_names())
    connection.set_schema_to_public()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_an_export_never_replaces_another(merchant: Tenant, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_text("an earlier one")
    with pytest.raises(FileExistsError):
        export_tenant(merchant, path, now=now)
    assert path.read_text() == "an earlier one"


def test_an_export_that_fails_leaves_no_file(
    merchant: Tenant, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError("no room left")

    monkeypatch.setattr(export_module, "_write_table", full)
    with pytest.raises(OSError, match="no room"):
        export_tenant(merchant, tmp_path / "export.zip", now=now)
    assert list(tmp_path.iterdir()) == []
