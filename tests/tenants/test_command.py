"""`manage.py tenants`: what an operator types, and what it answers."""

import json
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Tenant, TenantState
from tenants.provisioning import export
from tenants.provisioning.services import schema_exists

Make = Callable[[str], Tenant]


def tenants(*arguments: str) -> str:
    said = StringIO()
    call_command("tenants", *arguments, stdout=said)
    return said.getvalue()


def state_of(slug: str) -> str:
    return Tenant.objects.get(slug=slug).state


def test_a_merchant_is_created_and_listed(db: None) -> None:
    assert "chez-zoe.ricochet.localhost" in tenants(
        "create", "chez-zoe", "--name", "Chez Zoé", "--kind", "Fleuriste", "--currency", "CHF"
    )
    tenant = Tenant.objects.get(slug="chez-zoe")
    assert (tenant.name, tenant.kind, tenant.currency) == ("Chez Zoé", "Fleuriste", "CHF")
    (row,) = [row for row in json.loads(tenants("list", "--json")) if row["slug"] == "chez-zoe"]
    assert (row["state"], row["domains"]) == ("active", ["chez-zoe.ricochet.localhost"])
    assert "chez-zoe" in tenants("list")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["create", "www", "--name", "Zoé"], "reserved_slug"),
        (["create", "Zoé", "--name", "Zoé"], "invalid_slug"),
        (["create", "chez-zoe", "--name", "Zoé", "--currency", "XXX"], "invalid_tenant"),
        (["create", "maison-lumen", "--name", "Encore"], "slug_taken"),
        (["suspend", "nobody-here"], "no merchant called"),
        (["delete", "nobody-here", "--yes"], "no merchant called"),
        (["resume", "maison-lumen"], "tenant_state"),
    ],
)
def test_what_cannot_be_done_says_why(merchant: Tenant, arguments: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        tenants(*arguments)
    assert state_of("maison-lumen") == TenantState.ACTIVE


def test_a_merchant_is_suspended_and_opened_again(merchant: Tenant) -> None:
    tenants("suspend", "maison-lumen")
    assert state_of("maison-lumen") == TenantState.SUSPENDED
    tenants("resume", "maison-lumen")
    assert state_of("maison-lumen") == TenantState.ACTIVE


def test_deleting_asks_for_the_name_and_stops_at_another(
    merchant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        tenants("delete", "maison-lumen", "--export", str(tmp_path / "out.zip"))
    assert state_of("maison-lumen") == TenantState.ACTIVE
    assert list(tmp_path.iterdir()) == []


def test_deleting_exports_first_and_waits(
    merchant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """R25"""
    monkeypatch.setattr("builtins.input", lambda _: "maison-lumen")
    path = tmp_path / "out.zip"
    assert "30 days" in tenants("delete", "maison-lumen", "--export", str(path))
    assert zipfile.ZipFile(path).testzip() is None
    assert state_of("maison-lumen") == TenantState.DELETING
    assert schema_exists(merchant.schema_name)
    tenants("sweep")
    assert state_of("maison-lumen") == TenantState.DELETING


def test_deleting_now_exports_and_drops(make_live_merchant: Make, tmp_path: Path) -> None:
    tenant = make_live_merchant("chez-zoe")
    path = tmp_path / "out.zip"
    tenants("delete", "chez-zoe", "--yes", "--now", "--export", str(path))
    assert zipfile.ZipFile(path).testzip() is None
    assert state_of("chez-zoe") == TenantState.DELETED
    assert not schema_exists(tenant.schema_name)


def test_without_an_export_nothing_is_dropped(
    make_live_merchant: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = make_live_merchant("chez-zoe")

    def full(*_: object) -> int:
        raise OSError("no room left")

    monkeypatch.setattr(export, "_write_table", full)
    with pytest.raises(CommandError, match="nothing was deleted"):
        tenants("delete", "chez-zoe", "--yes", "--now", "--export", str(tmp_path / "out.zip"))
    assert schema_exists(tenant.schema_name)
    assert state_of("chez-zoe") != TenantState.DELETED


def test_migrating_an_up_to_date_fleet_says_so(make_live_merchant: Make) -> None:
    make_live_merchant("chez-zoe")
    assert "up to date" in tenants("migrate", "--check")
    assert "0 tenants migrated" in tenants("migrate", "--skip-public")
