"""The doors of programs and of scripts: closed to another merchant's keys, ids and sites."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse

from tests.fixtures.tenants import TenantClient
from tests.isolation.conftest import Side
from tests.isolation.snapshot import PERSONAL, Watch
from tests.isolation.surface import For, address, for_whom

_ORDER = {
    "id": "STOLEN-1",
    "amount": 8400,
    "currency": "EUR",
    "customer": {"email": "voleur@exemple.fr"},
}
_BODIES: dict[str, dict[str, Any]] = {
    "api:orders": _ORDER,
    "api:accounts": {"customer": {"email": "voleur@exemple.fr"}},
    "api:refunds": {"id": "STOLEN-R1", "amount": 100},
    "api:payments": {"id": "STOLEN-P1", "kind": "deposit", "amount": 100},
}


def call(
    side: Side, name: str, secret: str | None, *, names: Side | None = None
) -> Iterator[tuple[str, HttpResponse]]:
    """Each method of one address of the API, with a key; yields (method, response)."""
    client = TenantClient(side.tenant)
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    path = address(name, names or side)
    yield "get", client.get(path, headers=headers)
    yield (
        "post",
        client.post(
            path,
            json.dumps(_BODIES.get(name, {})),
            content_type="application/json",
            headers=headers,
        ),
    )


@pytest.mark.parametrize("which", ["no key", "a key of another merchant", "a public key"])
def test_the_api_is_closed_without_a_key_of_its_own(
    lumen: Side, marin: Side, watch: Watch, which: str
) -> None:
    """R23: 401, and nothing is written, not even a refusal."""
    secret = {
        "no key": None,
        "a key of another merchant": marin.secret,
        "a public key": lumen.site.public_key,
    }[which]
    watch.again()
    for name, _page in for_whom(For.PROGRAM):
        with watch.nothing_happens(f"{which}: {name}"):
            for method, response in call(lumen, name, secret):
                assert response.status_code == 401, (name, method, response.status_code)


def test_the_api_knows_nothing_of_another_merchants_ids(
    lumen: Side, marin: Side, watch: Watch
) -> None:
    """R23: 404, whether the id exists elsewhere or not; the refusal is noted at home (SP-23)."""
    watch.again()
    noted = PERSONAL | {"activity_refusal", "api_apikey", "api_key"}
    for name, page in for_whom(For.PROGRAM):
        if page.names is None:
            continue
        with watch.nothing_happens(f"foreign id: {name}", but=noted):
            for method, response in call(lumen, name, lumen.secret, names=marin):
                assert response.status_code in (404, 405), (name, method, response.status_code)


@pytest.mark.parametrize("fault", ["a key of another merchant", "a page of nobody's"])
def test_the_tracker_hears_only_the_merchants_own_sites(
    lumen: Side, marin: Side, watch: Watch, fault: str
) -> None:
    """R23, R35: nothing of it is stored."""
    foreign_key = fault == "a key of another merchant"
    client = TenantClient(lumen.tenant)
    client.defaults["HTTP_ORIGIN"] = lumen.shop if foreign_key else "https://evil.example"
    body = {"email": "voleur@exemple.fr", "id": "STOLEN-1", "amount": 8400, "currency": "EUR"}
    body["key"] = (marin if foreign_key else lumen).site.public_key
    watch.again()
    for name, _page in for_whom(For.SITE):
        wanted = {"widgets:orders": body, "widgets:seen": {"key": body["key"]}}
        sent = wanted.get(name, {"key": body["key"], "email": body["email"]})
        with watch.nothing_happens(f"{fault}: {name}"):
            response = client.post(address(name, lumen), sent, content_type="application/json")
        # An unknown key is answered as a known one is (R33); an unknown origin is refused.
        assert response.status_code in ((202, 400, 401) if foreign_key else (403,)), name
