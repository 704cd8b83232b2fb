"""A test key changes nothing that is real (rk_test_…)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.ledger.models import Transfer
from tenants.activity.models import Order, Session
from tenants.loyalty import versions
from tenants.loyalty.models import CheckoutHold, Membership
from tenants.profiles.models import Profile
from tenants.programme import services
from tenants.referrals.models import Referral
from tests.api.conftest import STARTED, Shop, order_body
from tests.fixtures.loyalty import make_type

BASKET = {"id": "P-1", "amount": 5000, "currency": "EUR", "points": 100}
CAMILLE = {"customer": {"email": "camille@exemple.fr"}}


@pytest.fixture
def essay(shop: Shop, shop_with: Callable[..., Shop]) -> Shop:
    """The same shop's server with a test key."""
    return shop_with(shop.tenant, mode="test")


def refused(response: Any) -> bool:
    return (response.status_code, response.json()["code"]) == (403, "test_key_refused")


def test_it_takes_back_nothing_of_a_real_order(
    shop: Shop, essay: Shop, nadia: tuple[Profile, str]
) -> None:
    shop.order(referral_code=nadia[1])
    transfers = Transfer.objects.count()
    assert refused(essay.post("orders/A-1/refunds", {"id": "R-1", "amount": 8400}))
    assert (Order.objects.get().refunded, Transfer.objects.count()) == (0, transfers)
    essay.order("T-1")
    answer = essay.post("orders/T-1/refunds", {"id": "R-1", "amount": 8400})
    assert answer.status_code == 201


def test_it_moves_no_real_session_and_no_real_invoice(shop: Shop, essay: Shop) -> None:
    kind = make_type()
    day = (timezone.now() + timedelta(days=2)).isoformat()
    for one, number in ((shop, "1"), (essay, "2")):
        booking = {"id": f"S-{number}", "type": kind.key, **CAMILLE}
        assert one.post("sessions", booking).status_code == 201
        bill = {"id": f"F-{number}", "total": 5000, "currency": "EUR", **CAMILLE}
        assert one.post("invoices", bill).status_code == 201
    pay = {"id": "P-1", "kind": "deposit", "amount": 100}
    for path, body in (
        ("sessions/S-{}/validate", {}),
        ("sessions/S-{}/cancel", {}),
        ("invoices/F-{}/payments", pay),
        ("invoices/F-{}/cancel", {}),
    ):
        assert refused(essay.post(path.format(1), body)), path
        assert essay.post(path.format(2), body).status_code in (200, 201), path
    moved = essay.post(
        "sessions", {"id": "S-1", "type": kind.key, "takes_place_at": day, **CAMILLE}
    )
    assert (moved.status_code, moved.json()["test"]) == (201, True)
    assert Session.objects.get(external_id="S-1", is_test=False).takes_place_at is None


def test_it_holds_no_points_and_makes_nobody_a_member(shop: Shop, essay: Shop) -> None:
    versions.publish(now=STARTED, unit="EUR", rate=5, per=100, checkout_on=True)
    shop.order()
    services.adjust(
        profile=Profile.objects.get(), amount=1000, reason="Cadeau", key="k",
        author_id=None, now=timezone.now(),
    )  # fmt: skip
    assert refused(essay.post("checkout/holds", {**BASKET, **CAMILLE}))
    assert refused(essay.post("loyalty/members", {"consent": True, **CAMILLE}))
    assert not CheckoutHold.objects.exists() and not Membership.objects.exists()
    held = shop.post("checkout/holds", {**BASKET, **CAMILLE})
    assert held.status_code == 201, held.content
    given_up = essay.client.delete("/api/v1/checkout/holds/P-1", headers=essay.headers())
    assert refused(given_up)
    assert CheckoutHold.objects.get().state == "held"
    basket = {name: value for name, value in BASKET.items() if name != "points"}
    assert essay.post("checkout/quotes", {**basket, **CAMILLE}).status_code == 200


def test_it_opens_no_account_that_is_rewarded(
    shop: Shop, essay: Shop, nadia: tuple[Profile, str]
) -> None:
    assert refused(essay.post("accounts", {"referral_code": nadia[1], **CAMILLE}))
    assert not Referral.objects.exists()
    assert not Profile.objects.filter(email="camille@exemple.fr").exists()


def test_a_real_order_with_the_number_of_an_earlier_test_counts(
    shop: Shop, essay: Shop, nadia: tuple[Profile, str]
) -> None:
    """R3: each kind of key reads, and takes back, its own."""
    tried = essay.order(referral_code=nadia[1])
    real = shop.order(referral_code=nadia[1])
    assert (tried.status_code, real.status_code) == (201, 201)
    assert tried.json()["id"] != real.json()["id"] and len(real.json()["rewards"]) == 2
    seen = [one.get("orders/A-1").json() for one in (essay, shop)]
    assert [row["test"] for row in seen] == [True, False]
    answer = essay.post("orders/A-1/refunds", {"id": "R-1", "amount": 100})
    assert answer.status_code == 201 and answer.json()["order"]["test"] is True
    assert refused(essay.post(f"orders/{real.json()['id']}/refunds", {"id": "R", "amount": 1}))
    assert Order.objects.get(is_test=False).refunded == 0


def test_a_refund_is_not_swallowed_by_a_trial_while_the_real_order_is_on_its_way(
    shop: Shop, essay: Shop, nadia: tuple[Profile, str]
) -> None:
    """R4: told that there is no such order, the shop sends the refund again later."""
    essay.order(referral_code=nadia[1])
    early = shop.post("orders/A-1/refunds", {"id": "R-1", "amount": 100})
    assert (early.status_code, early.json()["code"]) == (404, "unknown_order")
    assert Order.objects.get().refunded == 0
    shop.order(referral_code=nadia[1])
    assert shop.post("orders/A-1/refunds", {"id": "R-1", "amount": 100}).status_code == 201
    assert Order.objects.get(is_test=False).refunded == 100


def test_a_real_invoice_with_the_number_of_an_earlier_test_earns(shop: Shop, essay: Shop) -> None:
    """R3: what was tried swallows nothing of what is sent for real afterwards."""
    versions.publish(now=STARTED, unit="EUR", rate=5, per=100)
    bill = {"id": "F-1", "total": 20000, "currency": "EUR", **CAMILLE}
    paid = {"id": "P-1", "kind": "full", "amount": 20000}
    for one, earned in ((essay, False), (shop, True)):
        assert one.post("invoices", bill).status_code == 201
        answer = one.post("invoices/F-1/payments", paid)
        assert answer.status_code == 201
        assert answer.json()["invoice"]["test"] is not earned
        assert (answer.json()["invoice"]["earned"] is not None) is earned
    assert [one.get("invoices/F-1").json()["test"] for one in (essay, shop)] == [True, False]
    assert Transfer.objects.exists()


def test_a_real_session_with_the_number_of_an_earlier_test_counts(shop: Shop, essay: Shop) -> None:
    """R3, R4: its own validation and cancellation, whichever came first."""
    booking = {"id": "S-1", "type": make_type().key, **CAMILLE}
    assert essay.post("sessions", booking).status_code == 201
    early = shop.post("sessions/S-1/validate", {})
    assert early.status_code == 404
    assert shop.post("sessions", booking).status_code == 201
    assert shop.post("sessions/S-1/validate", {}).json()["state"] == "validated"
    assert essay.post("sessions/S-1/cancel", {}).json()["test"] is True
    states = Session.objects.order_by("is_test").values_list("is_test", "state")
    assert list(states) == [(False, "validated"), (True, "cancelled")]


def test_one_idempotency_key_is_one_answer_for_tests_and_one_for_real(
    shop: Shop, essay: Shop
) -> None:
    """A shop that makes the key of the order's number tries its very calls."""
    for one in (essay, shop):
        answer = one.post("orders", order_body(), key="order-A-1")
        assert (answer.status_code, answer.json()["test"]) == (201, one is essay)
        again = one.post("orders", order_body(), key="order-A-1")
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == answer.json()
    assert Order.objects.count() == 2
