"""A shop's server that calls the API, and a programme in force behind it."""

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse

from api.scopes import SCOPES
from api.services import create_key
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import versions
from tenants.referrals import codes
from tests.fixtures.tenants import TenantClient

STARTED = datetime(2026, 1, 6, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


class Shop:
    """A merchant's server with one secret key. Every POST gets a new Idempotency-Key."""

    def __init__(self, tenant: Tenant, secret: str) -> None:
        self.tenant = tenant
        self.secret = secret
        self.client = TenantClient(tenant)

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **(more or {})}

    def post(
        self,
        path: str,
        body: Any,
        *,
        key: str | None = "",
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        if key is not None:
            headers["Idempotency-Key"] = key or f"key-{next(_numbers)}"
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/api/v1/{path}", content, content_type=content_type, headers=self.headers(headers)
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", headers=self.headers(headers))

    def order(self, number: str = "A-1", **fields: Any) -> HttpResponse:
        return self.post("orders", order_body(number, **fields))


def order_body(number: str = "A-1", **fields: Any) -> dict[str, Any]:
    """A good order of 84,00 € by Camille."""
    return {
        "id": number,
        "amount": 8400,
        "currency": "EUR",
        "customer": {"email": "camille@exemple.fr", "first_name": "Camille", "last_name": "Roux"},
        **fields,
    }


def new_secret(*, mode: str = "live", scopes: list[str] | None = None) -> str:
    """A key of the merchant that the connection stands in."""
    _row, secret = create_key(
        name="Boutique", scopes=scopes or list(SCOPES), mode=mode, now=STARTED
    )
    return secret


def open_programme() -> None:
    """8 € for the referrer, 5 € for the referee, after 14 days."""
    versions.publish(now=STARTED)


def make_referrer() -> tuple[Profile, str]:
    """Nadia, and her code."""
    nadia = profiles.create(
        email="nadia@exemple.fr", first_name="Nadia", source="manual", now=STARTED
    )
    return nadia, codes.code_for(profile=nadia, now=STARTED).code


@pytest.fixture
def shop(merchant: Tenant) -> Shop:
    """Maison Lumen's server; the programme is open."""
    open_programme()
    return Shop(merchant, new_secret())


@pytest.fixture
def shop_with() -> Callable[..., Shop]:
    """`shop_with(merchant, scopes=[…])`: a server whose key may do only this."""

    def make(tenant: Tenant, **options: Any) -> Shop:
        return Shop(tenant, new_secret(**options))

    return make


@pytest.fixture
def nadia(merchant: Tenant) -> tuple[Profile, str]:
    return make_referrer()
