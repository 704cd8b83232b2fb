"""`manage.py tenants`: what an operator types, and what it answers."""

import json
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Invitation, Membership, Role
from kernel.outbox.models import Event
from tenants.models import Tenant, TenantState
from tenants.provisioning import export
from tenants.provisioning.services import schema_exists
from tests.fixtures.tenants import TenantClient

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


def test_the_first_owner_comes_in_by_the_printed_link(db: None) -> None:
    """R24, R30: on the merchant's own address, once; the same link leaves by email."""
    said = tenants("create", "chez-zoe", "--name", "Chez Zoé", "--owner", "zoe@exemple.fr")
    link = said.splitlines()[-1]
    assert link.startswith("http://chez-zoe.ricochet.localhost")
    tenant = Tenant.objects.get(slug="chez-zoe")
    browser = TenantClient(tenant)
    path = link.partition("localhost")[2].lstrip(":0123456789")
    assert browser.get(path).status_code == 200
    form = {"first_name": "Zoé", "last_name": "Mathis", "password": "un secret bien à elle"}
    assert browser.post(path, form).status_code == 302
    (member,) = Membership.objects.filter(tenant_id=tenant.id)
    assert (member.user.email, member.role) == ("zoe@exemple.fr", Role.OWNER)
    assert browser.get("/reglages/equipe").status_code == 200
    assert TenantClient(tenant).get(path).status_code == 410
    event = Event.objects.get(kind="accounts.invitation")
    assert event.payload["invitation_id"] == str(Invitation.objects.get().id)


def test_an_owners_link_is_made_anew_and_the_one_before_ends(merchant: Tenant) -> None:
    first = tenants("owner", "maison-lumen", "zoe@exemple.fr").splitlines()[-1]
    second = tenants("owner", "maison-lumen", "Zoe@exemple.fr").splitlines()[-1]
    opened = [
        TenantClient(merchant).get(link.partition("localhost")[2].lstrip(":0123456789"))
        for link in (first, second)
    ]
    assert [answer.status_code for answer in opened] == [410, 200]


def test_a_merchant_whose_owner_cannot_be_written_to_is_not_made(db: None) -> None:
    with pytest.raises(CommandError, match="invalid_address"):
        tenants("create", "chez-zoe", "--name", "Chez Zoé", "--owner", "zoe")
    assert not Tenant.objects.filter(slug="chez-zoe").exists()
