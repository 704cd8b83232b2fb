"""Orders sent, read and refunded through the API."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.ledger.models import Transfer
from kernel.outbox.models import Event
from tenants.activity.models import Order, Refusal, Source
from tenants.activity.types import OrderInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor
from tenants.referrals import services as referrals
from tests.api.conftest import Shop, order_body


def test_an_order_is_taken_and_shown(shop: Shop) -> None:
    response = shop.order(ordered_at="2026-03-14T15:09:26+01:00")
    body = response.json()
    assert response.status_code == 201
    assert body.pop("id").startswith("ord_")
    assert body.pop("customer")["id"].startswith("cus_")
    assert body == {
        "external_id": "A-1",
        "state": "confirmed",
        "amount": 8400,
        "currency": "EUR",
        "refunded": 0,
        "ordered_at": "2026-03-14T14:09:26Z",
        "test": False,
        "referral": None,
        "rewards": [],
        "points": None,
    }


def test_an_order_with_a_code_makes_a_referral_and_promises_rewards(
    shop: Shop, nadia: tuple[Profile, str]
) -> None:
    body = shop.order(referral_code=nadia[1]).json()
    assert body["referral"]["state"] == "pending"
    assert body["referral"]["referrer"] == nadia[0].public_id
    assert body["referral"]["refusal"] is None
    assert "8,00" in body["referral"]["explanation"]
    assert [(r["side"], r["amount"], r["unit"], r["state"]) for r in body["rewards"]] == [
        ("referrer", 800, "EUR", "pending"),
        ("referee", 500, "EUR", "pending"),
    ]
    assert all(r["due_at"] for r in body["rewards"])


def test_the_visitor_cookie_attributes_the_order(shop: Shop, nadia: tuple[Profile, str]) -> None:
    """SP-17: the cookie as the shop received it."""
    click = referrals.record_click(code=nadia[1], channel="link", now=timezone.now())
    body = shop.order(visitor=f"{click}.{nadia[1]}").json()
    assert body["referral"]["referrer"] == nadia[0].public_id


def test_a_cookie_without_a_click_still_names_its_code(
    shop: Shop, nadia: tuple[Profile, str]
) -> None:
    assert shop.order(visitor=f".{nadia[1]}").json()["referral"]["state"] == "pending"


@pytest.mark.parametrize("visitor", ["x", ".", "..", "zz.CODE", "'; drop table", "." + "A" * 90])
def test_a_broken_cookie_does_not_stand_in_the_orders_way(shop: Shop, visitor: str) -> None:
    response = shop.order(visitor=visitor)
    assert response.status_code == 201
    assert response.json()["referral"] is None


def test_an_unknown_code_is_refused_and_the_order_stands(shop: Shop) -> None:
    """Bad input: a code that does not exist."""
    response = shop.order(referral_code="NOBODY-0000")
    assert response.status_code == 201
    referral = response.json()["referral"]
    assert (referral["state"], referral["refusal"]) == ("refused", "unknown_code")
    assert "NOBODY-0000" in referral["explanation"]
    assert response.json()["rewards"] == []


def test_the_buyers_own_code_is_refused_and_the_order_stands(
    shop: Shop, nadia: tuple[Profile, str]
) -> None:
    """Bad input: a code that belongs to the buyer (SP-18)."""
    response = shop.order(referral_code=nadia[1], customer={"email": "NADIA@exemple.fr"})
    assert response.status_code == 201
    assert response.json()["referral"]["refusal"] == "own_code"
    assert not Transfer.objects.exists()


def test_the_same_order_again_is_answered_and_changes_nothing(
    shop: Shop, nadia: tuple[Profile, str]
) -> None:
    """R3: another Idempotency-Key, the same business id."""
    first = shop.order(referral_code=nadia[1])
    events = Event.objects.count()
    second = shop.order(referral_code=nadia[1])
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Order.objects.count() == 1
    assert Event.objects.count() == events
    assert Profile.objects.get(email="camille@exemple.fr").order_count == 1


@pytest.mark.parametrize(
    ("change", "param"),
    [({"amount": 8500}, "amount"), ({"customer": {"email": "autre@exemple.fr"}}, "id")],
)
def test_the_same_order_with_other_contents_is_refused(
    shop: Shop, change: dict[str, Any], param: str
) -> None:
    shop.order()
    response = shop.order(**change)
    assert response.status_code == 409
    assert response.json()["code"] == "order_already_received"
    assert response.json()["param"] == param
    assert Order.objects.get().amount == 8400
    assert not Profile.objects.filter(email="autre@exemple.fr").exists()


def test_what_a_browser_reported_is_confirmed(shop: Shop, nadia: tuple[Profile, str]) -> None:
    now = timezone.now()
    conductor.order_received(
        order=OrderInput(
            external_id="A-1",
            amount=8400,
            currency="EUR",
            ordered_at=now,
            customer=Identity(email="camille@exemple.fr"),
            source=Source.TRACKER,
            referral_code=nadia[1],
        ),
        now=now,
    )
    assert shop.get("orders/A-1").json()["rewards"][0]["due_at"] is None
    response = shop.order()
    assert response.status_code == 200
    assert response.json()["state"] == "confirmed"
    assert response.json()["rewards"][0]["due_at"] is not None


def test_a_test_key_marks_what_it_sends(shop: Shop, shop_with: Any) -> None:
    """D2: rk_test_ keys."""
    assert shop_with(shop.tenant, mode="test").order("T-1").json()["test"] is True
    assert shop.order("T-2", test=True).json()["test"] is True
    assert Order.objects.filter(is_test=True).count() == 2


def test_an_order_is_read_by_either_id(shop: Shop) -> None:
    made = shop.order("2026/03-é 1").json()
    assert shop.get(f"orders/{made['id']}").json() == made
    assert shop.get("orders/2026/03-%C3%A9%201").json() == made
    assert shop.get("orders/2026%2F03-%C3%A9%201").json() == made


@pytest.mark.parametrize(
    "path",
    ["orders/nope", "orders/ord_00000000000000000000000000", "orders/%00", "customers/cus_x",
     "customers/nope", "nothing", "orders/", "", "customers/cus_00000000000000000000000000"],
)  # fmt: skip
def test_what_does_not_exist_is_a_problem_and_not_a_page(shop: Shop, path: str) -> None:
    response = shop.get(path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_orders_are_listed_by_cursor_while_others_arrive(shop: Shop) -> None:
    """D4: stable while rows arrive."""
    for number in range(5):
        shop.order(f"A-{number}")
    first = shop.get("orders?limit=2").json()
    shop.order("A-late")
    second = shop.get(f"orders?limit=2&starting_after={first['data'][-1]['id']}").json()
    third = shop.get(f"orders?limit=2&starting_after={second['data'][-1]['id']}").json()
    seen = [row["external_id"] for page in (first, second, third) for row in page["data"]]
    assert seen == ["A-4", "A-3", "A-2", "A-1", "A-0"]
    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize(
    ("query", "param"),
    [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"),
     ("limit=", "limit"), ("limit=1.5", "limit"), ("limit=0001000000", "limit"),
     ("limit=²", "limit"), ("starting_after=A-1", "starting_after"),
     ("starting_after=ord_00000000000000000000000000", "starting_after"),
     ("starting_after=", "starting_after"), ("tenant=1", "tenant")],
)  # fmt: skip
def test_a_parameter_that_cannot_be_used_is_named(shop: Shop, query: str, param: str) -> None:
    """R26, D5."""
    response = shop.get(f"orders?{query}")
    assert response.status_code == 400
    assert response.json()["param"] == param


def test_listing_costs_the_same_for_many(shop: Shop, nadia: tuple[Profile, str]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            shop.get("orders")
        return len(queries)

    for number in range(2):
        shop.order(f"A-{number}", referral_code=nadia[1])
    few = cost()
    for number in range(2, 8):
        shop.order(
            f"A-{number}",
            referral_code=nadia[1],
            customer={"email": f"ami{number}@exemple.fr"},
        )
    assert cost() == few


def test_a_refused_order_is_seen_by_the_merchant(shop: Shop) -> None:
    """SP-23: what came and was not taken, with its reason."""
    shop.order("A-7", currency="USD")
    shop.order("A-8", amount="12")
    assert list(Refusal.objects.order_by("id").values_list("external_id", "code", "param")) == [
        ("A-7", "wrong_currency", "currency"),
        ("A-8", "invalid_field", "amount"),
    ]


def test_a_first_referred_order_costs_few_queries(shop: Shop, nadia: tuple[Profile, str]) -> None:
    """The budget behind 250 orders a second on two cores."""
    shop.order("warm")
    with CaptureQueriesContext(connection) as queries:
        response = shop.post(
            "orders",
            order_body("A-1", referral_code=nadia[1], customer={"email": "new@exemple.fr"}),
        )
    assert response.json()["referral"]["state"] == "pending"
    # One pair stands for BEGIN and COMMIT, and what nobody waits for goes in one statement.
    assert 10 < len(queries) <= 15


def test_the_clock_is_the_servers(shop: Shop) -> None:
    before = datetime.now(UTC)
    shop.order()
    assert before <= Order.objects.get().ordered_at <= datetime.now(UTC)
