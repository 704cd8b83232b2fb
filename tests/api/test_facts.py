"""Sessions, invoices and payments over the API."""

from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from api.v1 import fact_shapes as shapes
from tenants.loyalty import versions
from tenants.loyalty.versions import Rate
from tests.api.conftest import STARTED, Shop
from tests.api.test_openapi import _plain
from tests.fixtures.loyalty import make_type

CUSTOMER = {"email": "marc@exemple.fr", "first_name": "Marc"}
INVOICE = {"id": "F-1", "total": 20_000, "currency": "EUR", "customer": CUSTOMER}
BOOKING = {"id": "RDV-1", "type": "portrait", "customer": CUSTOMER}


@pytest.fixture
def studio(shop: Shop) -> Shop:
    """5 % back on payments, 3 € for a portrait session."""
    versions.publish(
        now=STARTED,
        unit="EUR",
        rate=Decimal(5),
        per=100,
        sessions_on=True,
        rates={make_type().id: Rate(300)},
    )
    return shop


def ok(answer: Any, status: int, shape: Any) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    body: dict[str, Any] = answer.json()
    jsonschema_rs.validate(_plain(shape), body)
    return body


def test_an_invoice_earns_when_deposit_and_balance_reach_the_total(studio: Shop) -> None:
    """FS-05."""
    sent = ok(studio.post("invoices", INVOICE), 201, shapes.INVOICE_OUT)
    assert (sent["state"], sent["earned"]) == ("open", None)
    deposit = {"id": "P-1", "kind": "deposit", "amount": 5_000}
    paid = ok(studio.post("invoices/F-1/payments", deposit), 201, shapes.PAYMENT_OUT)
    assert (paid["invoice"]["paid"], paid["invoice"]["earned"]) == (5_000, None)
    balance = {"id": "P-2", "kind": "balance", "amount": 15_000}
    paid = ok(studio.post("invoices/F-1/payments", balance), 201, shapes.PAYMENT_OUT)
    assert paid["invoice"]["earned"] == {"amount": 1_000, "unit": "EUR"}
    again = ok(studio.post("invoices/F-1/payments", balance), 200, shapes.PAYMENT_OUT)
    assert again["invoice"]["paid"] == 20_000
    back = {"id": "R-1", "kind": "refund", "amount": 10_000}
    ok(studio.post(f"invoices/{sent['id']}/payments", back), 201, shapes.PAYMENT_OUT)
    read = ok(studio.get("invoices/F-1"), 200, shapes.INVOICE_OUT)
    assert read["earned"] == {"amount": 500, "unit": "EUR"}
    ended = ok(studio.post("invoices/F-1/cancel", {}), 200, shapes.INVOICE_OUT)
    assert (ended["state"], ended["earned"]["amount"]) == ("cancelled", 0)


def test_a_session_is_booked_moved_validated_and_cancelled(studio: Shop) -> None:
    """FS-06."""
    first = {**BOOKING, "takes_place_at": "2030-01-10T10:00:00+01:00"}
    booked = ok(studio.post("sessions", first), 201, shapes.SESSION_OUT)
    moved = ok(
        studio.post("sessions", {**first, "takes_place_at": "2030-01-12T10:00:00+01:00"}),
        200,
        shapes.SESSION_OUT,
    )
    assert moved["takes_place_at"] == "2030-01-12T09:00:00Z"
    done = ok(studio.post("sessions/RDV-1/validate", {}), 200, shapes.SESSION_OUT)
    assert (done["state"], done["earned"]) == ("validated", {"amount": 300, "unit": "EUR"})
    again = ok(studio.post(f"sessions/{booked['id']}/validate", {}), 200, shapes.SESSION_OUT)
    assert again == done
    ended = ok(studio.post("sessions/RDV-1/cancel", {}), 200, shapes.SESSION_OUT)
    assert (ended["state"], ended["earned"]["amount"]) == ("cancelled", 0)
    assert studio.post("sessions/RDV-1/validate", {}).json()["code"] == "session_cancelled"


def test_lists_are_read_page_by_page(studio: Shop) -> None:
    """D4."""
    for number in range(3):
        studio.post("invoices", {**INVOICE, "id": f"F-{number}"})
        studio.post("sessions", {**BOOKING, "id": f"RDV-{number}"})
    for path, shape in (("invoices", shapes.INVOICES_OUT), ("sessions", shapes.SESSIONS_OUT)):
        page = ok(studio.get(f"{path}?limit=2"), 200, shape)
        assert len(page["data"]) == 2 and page["has_more"]
        rest = ok(studio.get(f"{path}?starting_after={page['data'][-1]['id']}"), 200, shape)
        assert len(rest["data"]) == 1 and not rest["has_more"]
        assert studio.get(f"{path}?starting_after=nothing").status_code == 400
    types = ok(studio.get("session-types"), 200, shapes.SESSION_TYPES_OUT)
    assert types["data"] == [{"key": "portrait", "name": "Portrait", "active": True}]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("invoices", {**INVOICE, "total": 0}, 400, "invalid_invoice"),
        ("invoices", {**INVOICE, "total": -1}, 400, "invalid_invoice"),
        ("invoices", {**INVOICE, "currency": "USD"}, 400, "wrong_currency"),
        ("invoices", {**INVOICE, "issued_at": "2090-01-01T00:00:00Z"}, 400, "date_in_future"),
        ("invoices", {**INVOICE, "total": 19_999}, 409, "invoice_already_received"),
        ("invoices", {**INVOICE, "customer": {"id": "7"}}, 409, "invoice_already_received"),
        (
            "invoices/NONE/payments",
            {"id": "P", "kind": "full", "amount": 1},
            404,
            "unknown_invoice",
        ),
        ("invoices/F-1/payments", {"id": "P", "kind": "full", "amount": 0}, 400, "invalid_invoice"),
        ("invoices/F-1/payments", {"id": "P", "kind": "tip", "amount": 1}, 400, "invalid_field"),
        (
            "invoices/F-1/payments",
            {"id": "P", "kind": "full", "amount": 20_001},
            409,
            "payment_too_large",
        ),
        (
            "invoices/F-1/payments",
            {"id": "P", "kind": "refund", "amount": 1},
            409,
            "payment_refund_too_large",
        ),
        (
            "invoices/F-1/payments",
            {"id": "P", "kind": "full", "amount": 1, "paid_at": "2090-01-01T00:00:00Z"},
            400,
            "date_in_future",
        ),
        ("sessions", {**BOOKING, "type": "wedding"}, 400, "unknown_session_type"),
        ("sessions", {**BOOKING, "booked_at": "2090-01-01T00:00:00Z"}, 400, "date_in_future"),
        ("sessions", {**BOOKING, "customer": {"id": "7"}}, 409, "session_already_received"),
        ("sessions/NONE/validate", {}, 404, "unknown_session"),
        ("sessions/NONE/cancel", {}, 404, "unknown_session"),
        (
            "sessions/RDV-1/validate",
            {"validated_at": "2090-01-01T00:00:00Z"},
            400,
            "date_in_future",
        ),
    ],
)
def test_bad_input_has_its_own_clear_error(
    studio: Shop, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    assert studio.post("invoices", INVOICE).status_code == 201
    assert studio.post("sessions", BOOKING).status_code == 201
    answer = studio.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert studio.get("invoices/F-1").json()["paid"] == 0


def test_facts_need_their_own_scopes(merchant: Any, shop_with: Any) -> None:
    only_orders = shop_with(merchant, scopes=["orders:write", "orders:read"])
    assert only_orders.post("invoices", INVOICE).status_code == 403
    assert only_orders.get("sessions").status_code == 403
