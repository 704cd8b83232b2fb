"""What cannot be taken says what to mend, and nothing half-done stays behind."""

import json
from typing import Any

import pytest
from django.utils import translation

from api.errors import ERRORS
from api.models import IdempotencyRecord
from kernel.errors import RicochetError
from kernel.ledger.models import Transfer
from kernel.outbox.models import Event
from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tests.api.conftest import Shop, order_body


def assert_nothing_happened() -> None:
    for model in (Order, Profile, Transfer, Event, IdempotencyRecord):
        assert not model._default_manager.exists(), model


WITHOUT = object()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", "8400", "invalid_field"),
        ("amount", 84.0, "invalid_field"),
        ("amount", True, "invalid_field"),
        ("amount", None, "invalid_field"),
        ("amount", WITHOUT, "invalid_field"),
        ("amount", [8400], "invalid_field"),
        ("amount", 0, "invalid_order"),
        ("amount", -1, "invalid_order"),
        ("amount", 10**30, "invalid_order"),
        ("id", WITHOUT, "invalid_field"),
        ("id", "", "invalid_field"),
        ("id", "   ", "invalid_field"),
        ("id", 12, "invalid_field"),
        ("id", "x" * 81, "invalid_field"),
        ("id", "a\x00b", "invalid_field"),
        ("id", "a\nb", "invalid_field"),
        ("id", "\ud800", "invalid_field"),
        ("currency", WITHOUT, "invalid_field"),
        ("currency", "USD", "wrong_currency"),
        ("currency", "eur", "wrong_currency"),
        ("currency", "EURO", "invalid_field"),
        ("ordered_at", "2026-03-14", "invalid_field"),
        ("ordered_at", "2026-03-14T15:09:26", "invalid_field"),
        ("ordered_at", "2026-02-30T15:09:26Z", "invalid_field"),
        ("ordered_at", "0001-01-01T00:00:00+23:00", "invalid_field"),
        ("ordered_at", "9999-12-31T23:59:59-23:00", "invalid_field"),
        ("ordered_at", 1773497366, "invalid_field"),
        ("ordered_at", "2999-01-01T00:00:00Z", "date_in_future"),
        ("customer", WITHOUT, "invalid_field"),
        ("customer", "camille@exemple.fr", "invalid_field"),
        ("customer", [], "invalid_field"),
        ("referral_code", 1, "invalid_field"),
        ("visitor", {}, "invalid_field"),
        ("visitor", "x" * 201, "invalid_field"),
        ("test", "true", "invalid_field"),
        ("test", 1, "invalid_field"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(
    shop: Shop, field: str, value: Any, code: str
) -> None:
    """Mistyped JSON: 400 with the field and the reason (D5)."""
    body = order_body(**{field: value})
    if value is WITHOUT:
        del body[field]
    response = shop.post("orders", body)
    problem = response.json()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert (problem["code"], problem["param"]) == (code, field)
    assert problem["detail"]
    assert problem["request_id"] == response["X-Request-Id"]
    assert problem["doc_url"].endswith(f"/api/docs/errors#{code}")
    assert problem["retry"] is False
    assert_nothing_happened()


@pytest.mark.parametrize(
    ("customer", "param", "code"),
    [
        ({}, "customer.email", "customer_without_identity"),
        ({"email": ""}, "customer.email", "customer_without_identity"),
        ({"phone": "+33612345678"}, "customer.email", "customer_without_identity"),
        ({"email": "camille"}, "customer.email", "invalid_email"),
        ({"email": "a@b.fr\r\nBcc: x@y.fr"}, "customer.email", "invalid_field"),
        ({"email": 5}, "customer.email", "invalid_field"),
        ({"email": "a@exemple.fr", "first_name": "http://x.fr"}, "customer.first_name",
         "unsafe_name"),
        ({"email": "a@exemple.fr", "phone": "0" * 21}, "customer.phone", "invalid_field"),
        ({"email": "a@exemple.fr", "balance": 5}, "customer.balance", "unknown_field"),
    ],
)  # fmt: skip
def test_a_customer_that_cannot_be_used_is_named(
    shop: Shop, customer: dict[str, Any], param: str, code: str
) -> None:
    response = shop.order(customer=customer)
    assert response.status_code == 400
    assert (response.json()["param"], response.json()["code"]) == (param, code)
    assert_nothing_happened()


@pytest.mark.parametrize(
    "field", ["state", "balance", "tenant", "profile_id", "source", "refunded", "role", "a\x00\n"]
)
def test_fields_that_nobody_may_write_are_refused(shop: Shop, field: str) -> None:
    """R26: read-only and unknown fields."""
    response = shop.order(**{field: "x"})
    assert response.status_code == 400
    assert response.json()["code"] == "unknown_field"
    assert response.json()["param"] == field.replace("\x00\n", "")
    assert_nothing_happened()


@pytest.mark.parametrize(
    "content",
    [
        b" ",
        b"{",
        b"[]",
        b"null",
        b'"order"',
        b"{'id': 1}",
        b'{"id": "A-1",}',
        b'{"id": "A-1", "id": "A-2"}',
        b'{"amount": NaN}',
        b'{"amount": 1e999}',
        b'{"amount": ' + b"9" * 5000 + b"}",
        b'{"id": "\xff"}',
        "{}".encode("utf-16"),
        b'{"a":' * 5000,
        b"[" * 60_000,
        b'{"id":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_is_no_json_object_is_refused(shop: Shop, content: bytes) -> None:
    """Malformed, mistyped and deeply nested JSON."""
    response = shop.post("orders", content)
    assert response.status_code == 400
    assert response.json()["code"] in {"malformed_json", "invalid_field", "unknown_field"}
    assert_nothing_happened()


@pytest.mark.parametrize("size", [64 * 1024 + 1, 900_000, 3_000_000])
def test_a_body_that_is_too_large_is_413(shop: Shop, size: int) -> None:
    response = shop.post("orders", b'{"id": "' + b"x" * size + b'"}')
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert_nothing_happened()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_another_content_type_is_415(shop: Shop, content_type: str) -> None:
    response = shop.post("orders", json.dumps(order_body()), content_type=content_type)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert_nothing_happened()


@pytest.mark.parametrize("path", ["orders", "orders/A-1/refunds", "accounts"])
@pytest.mark.parametrize("key", [None, "x" * 256, "a b", "é"])
def test_every_post_needs_a_usable_idempotency_key(shop: Shop, path: str, key: str | None) -> None:
    """D3."""
    response = shop.post(path, order_body(), key=key)
    assert response.status_code == 400
    assert response.json()["code"] == "idempotency_key_missing"
    assert response.json()["param"] == "Idempotency-Key"
    assert_nothing_happened()


def test_a_method_that_an_address_lacks_is_405_with_those_it_has(shop: Shop) -> None:
    for method in ("put", "patch", "delete", "options"):
        response = getattr(shop.client, method)("/api/v1/orders", headers=shop.headers())
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
        assert response["Allow"] == "GET, POST, HEAD"


def test_the_sentence_is_in_the_readers_language(shop: Shop) -> None:
    """French unless another language is asked for; the code never changes."""
    french = shop.post("orders", order_body(amount="x")).json()
    assert french["detail"].startswith("Indiquez un nombre entier")
    english = shop.post("orders", order_body(amount="x"), **{"Accept-Language": "en"}).json()
    assert english["code"] == french["code"]


def _business_errors() -> list[type[RicochetError]]:
    found: list[type[RicochetError]] = []
    todo: list[type[RicochetError]] = [RicochetError]
    while todo:
        for kind in todo.pop().__subclasses__():
            found.append(kind)
            todo.append(kind)
    return found


def test_every_error_of_the_road_has_its_line_in_the_documentation() -> None:
    """D5: `doc_url` leads somewhere."""
    import api.v1.urls  # noqa: F401

    rooms = ("api.", "tenants.activity.", "tenants.profiles.")
    # Raised by the pages of the back office, and of a person's consents, only.
    pages = {
        "invalid_key_settings",
        "unknown_key",
        "key_exists",
        "key_is_over",
        "session_type_taken",
        "unknown_consent",
    }
    codes = {
        kind.code
        for kind in _business_errors()
        if kind.__module__.startswith(rooms)
        and not kind.__module__.startswith("tenants.profiles.importing.")
    }
    assert codes - pages <= set(ERRORS)


def test_the_tables_statuses_are_those_of_the_errors() -> None:
    for kind in _business_errors():
        if kind.__module__.startswith("api.") and kind.code in ERRORS:
            assert ERRORS[kind.code].status == kind.status, kind
    with translation.override("fr"):
        assert all(str(entry.title) and str(entry.advice) for entry in ERRORS.values())
