"""The doors of checkout: quotes, holds, members, and what an order says of its points."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from api.v1 import checkout_shapes, shapes
from tenants import features
from tenants.features import Feature
from tenants.loyalty import versions
from tenants.profiles.models import Profile
from tenants.programme import services
from tests.api.conftest import STARTED, Shop
from tests.api.test_openapi import _plain

CAMILLE = {"email": "camille@exemple.fr"}
BASKET = {"id": "P-1", "amount": 5000, "currency": "EUR", "customer": CAMILLE}


@pytest.fixture
def checkout(shop: Shop) -> Shop:
    """5 % back; Camille has 12,40 €."""
    versions.publish(
        now=STARTED,
        unit="EUR",
        rate=Decimal(5),
        per=100,
        checkout_on=True,
        line_label="Ma cagnotte",
    )
    answer = shop.post("loyalty/members", {"customer": CAMILLE, "consent": True})
    assert answer.status_code == 201
    services.adjust(
        profile=Profile.objects.get(), amount=1240, reason="Cadeau", key="k",
        author_id=None, now=datetime.now(UTC),
    )  # fmt: skip
    return shop


def hold(shop: Shop, points: int = 1240, **fields: Any) -> dict[str, Any]:
    answer = shop.post("checkout/holds", {**BASKET, "points": points, **fields})
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def test_one_call_says_all_that_a_basket_needs_to_know(checkout: Shop) -> None:
    """SO-02 to SO-09."""
    answer = checkout.post("checkout/quotes", BASKET)
    assert answer.status_code == 200
    body = answer.json()
    jsonschema_rs.validate(_plain(checkout_shapes.QUOTE_OUT), body)
    assert (body["member"], body["available"], body["earns"]) == (True, 1240, 250)
    assert body["usable"] == {
        "points": 1240, "discount": 1240, "earns": 188, "reason": None,
        "line": {
            "label": "Ma cagnotte", "quantity": 1240, "unit_amount_decimal": "-1",
            "amount": -1240, "tax": "exempt", "category": "loyalty", "sellable": False,
        },
    }  # fmt: skip
    assert body["explanation_url"].endswith("/programme")


def test_held_paid_and_refunded(checkout: Shop) -> None:
    held = hold(checkout)
    jsonschema_rs.validate(_plain(checkout_shapes.HOLD_OUT), held)
    assert held["state"] == "held"
    order = checkout.order("A-1", amount=3760, points_hold=held["id"]).json()
    jsonschema_rs.validate(_plain(shapes.ORDER_OUT), order)
    assert order["points"] == {
        "hold": held["id"], "used": 1240, "discount": 1240, "returned": 0, "refusal": None,
    }  # fmt: skip
    assert checkout.get("orders/A-1").json()["points"] == order["points"]
    refunded = checkout.post("orders/A-1/refunds", {"id": "R-1", "amount": 1880}).json()
    assert refunded["order"]["points"]["returned"] == 620
    customer = checkout.get(f"customers/{order['customer']['id']}").json()
    assert customer["balance"]["available"] == 188 - 94 + 620
    assert customer["loyalty"]["member"] is True


def test_the_answer_says_why_points_did_not_serve(checkout: Shop) -> None:
    order = checkout.order("A-1", points_hold="P-9").json()
    assert order["points"]["refusal"] == "unknown"
    listed = checkout.get("orders").json()["data"][0]
    assert listed["points"] == order["points"]
    assert checkout.order("A-2").json()["points"] is None


def test_a_basket_changes_and_gives_up(checkout: Shop) -> None:
    first = hold(checkout)
    assert hold(checkout, 500)["id"] == first["id"]
    path = f"/api/v1/checkout/holds/{first['id']}"
    for _again in range(2):
        answer = checkout.client.delete(path, headers=checkout.headers())
        assert (answer.status_code, answer.json()["state"]) == (200, "released")
    assert checkout.post("checkout/quotes", BASKET).json()["available"] == 1240
    gone = checkout.client.delete("/api/v1/checkout/holds/nope", headers=checkout.headers())
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_points_hold")


def test_a_repeated_hold_is_answered_to_the_byte(checkout: Shop) -> None:
    """R9."""
    body = {**BASKET, "points": 100}
    first = checkout.post("checkout/holds", body, key="once")
    again = checkout.post("checkout/holds", body, key="once")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "param"),
    [
        ("checkout/holds", {**BASKET, "points": 0}, 400, "invalid_field", "points"),
        ("checkout/holds", {**BASKET, "points": "5"}, 400, "invalid_field", "points"),
        ("checkout/holds", {**BASKET, "points": 9999}, 409, "too_many_points", "points"),
        ("checkout/holds", {**BASKET, "points": 5, "currency": "USD"}, 400, "wrong_currency",
         "currency"),
        ("checkout/holds", {**BASKET, "points": 5, "amount": -1}, 400, "invalid_order", "amount"),
        ("checkout/holds", {**BASKET, "points": 5, "customer": {"id": "?"}}, 404,
         "unknown_customer", "customer"),
        ("checkout/quotes", {**BASKET, "customer": {"email": "x"}}, 400, "invalid_email",
         "customer.email"),
        ("checkout/quotes", {**BASKET, "points": 5}, 400, "unknown_field", "points"),
        ("loyalty/members", {"customer": CAMILLE}, 400, "invalid_field", "consent"),
    ],
)  # fmt: skip
def test_bad_input_is_named(
    checkout: Shop, path: str, body: dict[str, Any], status: int, code: str, param: str
) -> None:
    """R26."""
    answer = checkout.post(path, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem.get("param")) == (status, code, param)


def test_without_the_module_the_doors_say_so(checkout: Shop) -> None:
    """OF-07, SO-01."""
    features.switch(tenant_id=checkout.tenant.id, off=[Feature.LOYALTY])
    for path, body in (
        ("checkout/quotes", BASKET),
        ("checkout/holds", {**BASKET, "points": 5}),
        ("loyalty/members", {"customer": CAMILLE, "consent": True}),
    ):
        answer = checkout.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "feature_off")


def test_the_box_sent_with_the_order_makes_a_member(shop: Shop) -> None:
    """SO-07."""
    versions.publish(now=STARTED, unit="EUR", rate=Decimal(5), per=100, membership="joined")
    order = shop.order("A-1", join_loyalty=True).json()
    customer = shop.get(f"customers/{order['customer']['id']}").json()
    assert (customer["loyalty"]["member"], customer["balance"]["available"]) == (True, 420)
