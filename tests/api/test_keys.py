"""Secret keys: who they let in, for how long, and what nobody learns."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from api import limits, selectors, services
from api.models import ApiKey
from api.services import keys as key_services
from api.services.keys import (
    InvalidKeyInputError,
    KeyExistsError,
    KeyIsOverError,
    cache_key,
    hash_of,
)
from tenants.activity.models import Order
from tenants.context import enter
from tenants.models import Tenant
from tests.api.conftest import STARTED, Shop, new_secret, order_body
from tests.fixtures.tenants import TenantClient


def ask(client: Client, authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.get("/api/v1/orders", headers=headers)


def test_a_key_is_stored_as_its_hash_only(merchant: Tenant) -> None:
    row, secret = services.create_key(
        name="Boutique", scopes=["orders:write"], mode="live", now=STARTED
    )
    assert secret.startswith("rk_live_")
    assert len(secret) == len("rk_live_") + 32
    assert row.last4 == secret[-4:]
    assert secret not in str(ApiKey.objects.filter(id=row.id).values().get())


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer rk_live_" + "0" * 32,
        "Bearer rk_live_short",
        "Bearer",
        "Bearer ",
        "Basic cms6",
        "rk_live_" + "0" * 32,
        "Bearer rk_live_" + "é" * 32,
        "Bearer " + "x" * 5000,
    ],
)
def test_every_key_that_opens_nothing_gets_the_same_answer(shop: Shop, authorization: str) -> None:
    """R33: 401, uniform."""
    response = ask(shop.client, authorization)
    body = response.json()
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    body.pop("request_id")
    reference = ask(shop.client, "Bearer rk_live_" + "9" * 32).json()
    reference.pop("request_id")
    assert body == reference


def test_no_key_at_all_says_how_to_send_one(shop: Shop) -> None:
    response = ask(shop.client, None)
    assert (response.status_code, response.json()["code"]) == (401, "missing_key")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_public_key_is_told_that_it_is_public(shop: Shop) -> None:
    response = ask(shop.client, "Bearer pk_live_abcdefgh")
    assert (response.status_code, response.json()["code"]) == (401, "public_key_refused")


def test_another_merchants_key_opens_nothing(
    shop: Shop, other_merchant: Tenant, shop_with: Any
) -> None:
    """R23: a key of one merchant on the address of another."""
    with enter(other_merchant):
        foreign = new_secret()
    shop.order()
    assert ask(shop.client, f"Bearer {foreign}").status_code == 401
    assert ask(TenantClient(other_merchant), f"Bearer {foreign}").status_code == 200
    assert ask(TenantClient(other_merchant), f"Bearer {shop.secret}").status_code == 401


def test_another_merchants_objects_are_not_found(shop: Shop, other_merchant: Tenant) -> None:
    """R23: knowing an id is no right."""
    made = shop.order().json()
    with enter(other_merchant):
        other = Shop(other_merchant, new_secret())
    for path in (f"orders/{made['id']}", "orders/A-1", f"customers/{made['customer']['id']}"):
        assert shop.get(path).status_code == 200
        assert other.get(path).status_code == 404
    refund = other.post(f"orders/{made['id']}/refunds", {"id": "R", "amount": 1})
    assert refund.status_code == 404
    assert other.get(f"orders?starting_after={made['id']}").status_code == 400
    assert Order.objects.get().refunded == 0


def test_a_revoked_key_stops_at_once_though_it_was_cached(shop: Shop) -> None:
    assert shop.get("orders").status_code == 200
    row = ApiKey.objects.get()
    assert cache.get(cache_key(row.hash)) is not None
    services.revoke_key(key_id=row.id, now=timezone.now())
    assert shop.get("orders").status_code == 401
    # Somebody who read the row before the revocation cannot put it back.
    assert cache.add(cache_key(row.hash), "old", 30) is False
    assert shop.order().status_code == 401
    assert not Order.objects.exists()


def test_a_known_key_costs_no_query(shop: Shop) -> None:
    now = timezone.now()
    assert selectors.valid_key(secret=shop.secret, now=now) is not None
    with CaptureQueriesContext(connection) as queries:
        assert selectors.valid_key(secret=shop.secret, now=now) is not None
    assert len(queries) == 0


def test_both_keys_work_during_the_overlap_and_one_after(shop: Shop) -> None:
    """D2: rotation with overlap."""
    now = timezone.now()
    old = ApiKey.objects.get()
    shop.get("orders")
    made, secret = services.rotate_key(key_id=old.id, overlap=timedelta(hours=24), now=now)
    assert (made.name, made.scopes, made.mode) == (old.name, old.scopes, old.mode)
    later = now + timedelta(hours=23, minutes=59)
    assert selectors.valid_key(secret=shop.secret, now=later) is not None
    assert selectors.valid_key(secret=secret, now=later) is not None
    after = now + timedelta(hours=24)
    assert selectors.valid_key(secret=shop.secret, now=after) is None
    assert selectors.valid_key(secret=secret, now=after) is not None
    with pytest.raises(KeyIsOverError):
        services.rotate_key(key_id=old.id, overlap=timedelta(0), now=now)


@pytest.mark.parametrize(
    ("change", "param"),
    [({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"scopes": []}, "scopes"),
     ({"scopes": ["orders:write", "admin"]}, "scopes"), ({"mode": "prod"}, "mode")],
)  # fmt: skip
def test_a_key_without_sense_is_refused(
    merchant: Tenant, change: dict[str, Any], param: str
) -> None:
    wanted: dict[str, Any] = {"name": "Boutique", "scopes": ["orders:read"], "mode": "live"}
    with pytest.raises(InvalidKeyInputError) as caught:
        services.create_key(now=STARTED, **(wanted | change))
    assert caught.value.param == param
    assert not ApiKey.objects.exists()


def test_a_form_that_is_sent_twice_makes_one_key(merchant: Tenant) -> None:
    """B9."""
    row, _secret = services.create_key(name="A", scopes=["orders:read"], mode="live", now=STARTED)
    with pytest.raises(KeyExistsError):
        services.create_key(
            name="A", scopes=["orders:read"], mode="live", now=STARTED, key_id=row.id
        )
    assert ApiKey.objects.get().hash == row.hash


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("orders:read", {"GET orders"}), ("orders:write", {"POST orders"}),
     ("customers:read", {"GET customers"}), ("customers:write", {"POST accounts"})],
)  # fmt: skip
def test_a_key_does_what_its_scopes_say(
    shop: Shop, shop_with: Any, scope: str, allowed: set[str]
) -> None:
    customer = shop.order().json()["customer"]["id"]
    narrow = shop_with(shop.tenant, scopes=[scope])
    answers = {
        "GET orders": narrow.get("orders"),
        "POST orders": narrow.order("A-2"),
        "GET customers": narrow.get(f"customers/{customer}"),
        "POST accounts": narrow.post("accounts", {"customer": {"email": "b@exemple.fr"}}),
    }
    assert {name for name, answer in answers.items() if answer.status_code < 300} == allowed
    refused = [answer for answer in answers.values() if answer.status_code >= 300]
    assert {(r.status_code, r.json()["code"]) for r in refused} == {(403, "scope_missing")}


def test_the_last_use_is_written_once_a_minute(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    key_services._touched.clear()
    key = ApiKey.objects.get()
    now = timezone.now()
    services.note_use(key=key, now=now)
    services.note_use(key=key, now=now + timedelta(seconds=30))
    key_services._touched.clear()  # another process
    services.note_use(key=key, now=now + timedelta(seconds=30))
    assert ApiKey.objects.get().last_used_at == now
    key_services._touched.clear()
    services.note_use(key=key, now=now + timedelta(seconds=61))
    assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=61)


def test_too_many_requests_in_a_second_are_429(shop: Shop, settings: Settings) -> None:
    """D6: Retry-After and the RateLimit fields; another key goes on."""
    settings.API_REQUESTS_PER_SECOND = 3
    answers = [shop.get("orders") for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["code"] == "too_many_requests"
    assert refused[0].json()["retry"] is True
    assert refused[0]["Retry-After"] == "1"
    assert refused[0]["RateLimit-Limit"] == "3"
    assert refused[0]["RateLimit-Remaining"] == "0"
    assert Shop(shop.tenant, new_secret()).get("orders").status_code == 200


def test_a_second_grants_what_the_limit_says(
    merchant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_REQUESTS_PER_SECOND = 45
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_000.5)
    granted = 0
    for _ in range(100):
        try:
            limits.count(name=f"{merchant.id}-limit")
        except limits.TooManyRequestsError:
            continue
        granted += 1
    assert granted == 45


def test_with_the_cache_away_keys_work_and_nothing_is_refused(
    shop: Shop, settings: Settings
) -> None:
    """R8: a cache that is down is only slow."""
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    limits._shares.clear()
    assert shop.post("orders", order_body()).status_code == 201
    assert shop.get("orders").status_code == 200
    services.revoke_key(key_id=ApiKey.objects.get().id, now=timezone.now())
    assert shop.get("orders").status_code == 401


def test_the_hash_is_sha256(merchant: Tenant) -> None:
    assert hash_of("rk_live_x") == (
        "".join(f"{byte:02x}" for byte in __import__("hashlib").sha256(b"rk_live_x").digest())
    )
