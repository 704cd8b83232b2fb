"""Reports as a shop's pages send them."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse

from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from widgets.models import Site
from widgets.tracker.services import register_site

SHOP = "https://boutique-lumen.example"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Report = Callable[..., HttpResponse]


@pytest.fixture
def site(merchant: Tenant) -> Site:
    return register_site(url=SHOP + "/accueil", now=NOW)


@pytest.fixture
def report(merchant: Tenant, client_for: Callable[..., TenantClient]) -> Report:
    """`report("/w/orders", {...})` as a browser on the shop sends it."""
    client = client_for(merchant, enforce_csrf_checks=True, REMOTE_ADDR=new_network())

    def send(path: str, body: object, origin: str | None = SHOP, **extra: str) -> HttpResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        client.defaults["HTTP_ORIGIN"] = origin
        if origin is None:
            del client.defaults["HTTP_ORIGIN"]
        return client.post(path, raw, content_type="text/plain;charset=UTF-8", **extra)

    return send


def new_network() -> str:
    """An address that nobody used: the counts of other tests stand in the same cache."""
    return f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"


def order(site: Site, **changes: object) -> dict[str, object]:
    body = {
        "key": site.public_key,
        "id": "LUM-20418",
        "amount": 8400,
        "currency": "EUR",
        "email": "lea@example.com",
        "first_name": "Léa",
    }
    return {name: value for name, value in (body | changes).items() if value is not ...}


def received(response: HttpResponse) -> bool:
    return response.status_code == 202 and response.json() == {"status": "received"}
