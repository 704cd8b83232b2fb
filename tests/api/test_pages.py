"""Réglages › Clés d’API, the documentation's pages, and the command."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role
from accounts.services import create_member
from api import selectors, services
from api.errors import ERRORS
from api.models import ApiKey
from tenants.models import Tenant
from tests.api.conftest import STARTED, Shop
from tests.fixtures.tenants import TenantClient

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = re.compile(r"rk_(?:live|test)_[0-9a-z]{32}")


@pytest.fixture
def browse(
    merchant: Tenant, settings: Settings, client_for: Callable[[Tenant], TenantClient]
) -> Callable[[Role], TenantClient]:
    """`browse(Role.OWNER)`: a browser in which such a member of Maison Lumen is logged in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def logged_in(role: Role) -> TenantClient:
        create_member(
            email=f"{role}@exemple.fr",
            first_name="Camille",
            last_name="Test",
            password="ricochet sur l'eau",
            tenant_id=merchant.id,
            role=role,
            now=NOW,
        )
        client = client_for(merchant)
        response = client.post(
            "/connexion", {"email": f"{role}@exemple.fr", "password": "ricochet sur l'eau"}
        )
        assert response.status_code == 302
        return client

    return logged_in


@pytest.fixture
def key(merchant: Tenant) -> ApiKey:
    row, _secret = services.create_key(
        name="Boutique", scopes=["orders:write"], mode="live", now=STARTED
    )
    return row


def choices(client: TenantClient, **changes: object) -> dict[str, object]:
    """What the form holds when it is opened, with a name."""
    page = client.get("/reglages/cles/creer").content.decode()
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', page)
    assert token is not None
    return {
        "token": token[1],
        "name": "Boutique",
        "mode": "live",
        "scopes": ["orders:write", "orders:read"],
        **changes,
    }


def test_a_key_is_shown_once_and_then_only_by_its_end(
    browse: Callable[[Role], TenantClient],
) -> None:
    """D2."""
    client = browse(Role.OWNER)
    assert "Créer votre première clé" in client.get("/reglages/cles").content.decode()
    response = client.post("/reglages/cles/creer", choices(client))
    secret = SECRET.search(response.content.decode())
    assert secret is not None
    assert "no-store" in response["Cache-Control"]
    row = ApiKey.objects.get()
    assert selectors.valid_key(secret=secret[0], now=timezone.now()) is not None
    assert (row.name, row.scopes) == ("Boutique", ["orders:read", "orders:write"])
    listed = client.get("/reglages/cles").content.decode()
    assert secret[0] not in listed
    assert row.shown in listed


def test_a_form_sent_twice_makes_one_key(browse: Callable[[Role], TenantClient]) -> None:
    """B9."""
    client = browse(Role.OWNER)
    sent = choices(client)
    client.post("/reglages/cles/creer", sent)
    second = client.post("/reglages/cles/creer", sent)
    assert (second.status_code, second["Location"]) == (302, "/reglages/cles")
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["admin"]}, {"mode": "prod"},
               {"token": "x"}]
)  # fmt: skip
def test_a_form_without_sense_keeps_what_was_typed(
    browse: Callable[[Role], TenantClient], change: dict[str, object]
) -> None:
    """B2."""
    client = browse(Role.OWNER)
    response = client.post("/reglages/cles/creer", choices(client, **change))
    assert response.status_code == 422
    assert "Erreur" in response.content.decode()
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("typed", ["", "boutique", "Boutique 2"])
def test_a_key_is_not_revoked_without_its_name(
    browse: Callable[[Role], TenantClient], key: ApiKey, typed: str
) -> None:
    """B8: rotating or revoking a live key asks for the name typed."""
    client = browse(Role.OWNER)
    for action in ("revoquer", "renouveler"):
        response = client.post(
            f"/reglages/cles/{key.public_id}/{action}", {"confirm": typed, "overlap": "24"}
        )
        assert response.status_code == 422
    key.refresh_from_db()
    assert (key.revoked_at, key.expires_at) == (None, None)
    assert ApiKey.objects.count() == 1


def test_a_key_is_revoked_with_its_name(
    browse: Callable[[Role], TenantClient], key: ApiKey
) -> None:
    client = browse(Role.OWNER)
    address = f"/reglages/cles/{key.public_id}/revoquer"
    assert client.get(address).status_code == 200
    assert client.post(address, {"confirm": "Boutique"}).status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert "Révoquée" in client.get("/reglages/cles").content.decode()


def test_a_key_is_renewed_with_overlap(browse: Callable[[Role], TenantClient], key: ApiKey) -> None:
    client = browse(Role.OWNER)
    response = client.post(
        f"/reglages/cles/{key.public_id}/renouveler", {"confirm": "Boutique", "overlap": "168"}
    )
    assert SECRET.search(response.content.decode())
    key.refresh_from_db()
    assert key.expires_at is not None
    assert key.expires_at > timezone.now() + timedelta(days=6)
    assert client.get("/reglages/cles").status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_others_see_the_keys_and_change_none(
    browse: Callable[[Role], TenantClient], key: ApiKey, role: Role
) -> None:
    client = browse(role)
    listed = client.get("/reglages/cles").content.decode()
    assert "Boutique" in listed
    assert "Révoquer" not in listed
    assert "/reglages/cles/creer" not in listed
    for path in ("creer", f"{key.public_id}/revoquer", f"{key.public_id}/renouveler"):
        sent = client.post(f"/reglages/cles/{path}", {"confirm": "Boutique", "overlap": "0"})
        assert sent.status_code == 403
    key.refresh_from_db()
    assert (key.revoked_at, key.expires_at) == (None, None)


def test_strangers_are_led_to_the_log_in_page(
    merchant: Tenant, client_for: Callable[[Tenant], TenantClient], key: ApiKey
) -> None:
    for path in ("", "/creer", f"/{key.public_id}/revoquer", f"/{key.public_id}/renouveler"):
        response = client_for(merchant).get(f"/reglages/cles{path}")
        assert response.status_code == 302
        assert response["Location"].startswith("/connexion")


def test_an_unknown_key_is_404(browse: Callable[[Role], TenantClient]) -> None:
    client = browse(Role.OWNER)
    for name in ("nope", "key_00000000000000000000000000"):
        assert client.get(f"/reglages/cles/{name}/revoquer").status_code == 404


def test_the_documentation_has_a_line_for_every_code(
    merchant: Tenant, client_for: Callable[[Tenant], TenantClient]
) -> None:
    """D5: `doc_url` leads to its anchor."""
    page = client_for(merchant).get("/api/docs/errors").content.decode()
    for code in ERRORS:
        assert f'id="{code}"' in page


def test_the_reference_loads_nothing_from_elsewhere(
    merchant: Tenant, client_for: Callable[[Tenant], TenantClient]
) -> None:
    response = client_for(merchant).get("/api/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "unsafe" not in response["Content-Security-Policy"]


def test_the_command_prints_a_key_that_works(shop: Shop) -> None:
    out = StringIO()
    call_command(
        "api_key", "create", "--tenant", shop.tenant.slug, "--name", "CLI",
        "--scopes", "orders:write,orders:read", stdout=out,
    )  # fmt: skip
    shop.secret = out.getvalue().strip()
    assert SECRET.fullmatch(shop.secret)
    assert shop.order().status_code == 201
    assert shop.get("customers/cus_x").status_code == 403


@pytest.mark.parametrize(
    "arguments",
    [["--tenant", "nobody", "--name", "x"],
     ["--tenant", "maison-lumen", "--name", "x", "--scopes", "admin"]],
)  # fmt: skip
def test_the_command_refuses_what_makes_no_sense(shop: Shop, arguments: list[str]) -> None:
    before = ApiKey.objects.count()
    with pytest.raises(CommandError):
        call_command("api_key", "create", *arguments)
    assert ApiKey.objects.count() == before
