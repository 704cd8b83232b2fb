"""Refunds, customers and accounts through the API."""

from datetime import timedelta

from django.utils import timezone

from kernel.ledger.models import Transfer
from tenants.activity.models import Order, Refund, Refusal
from tenants.profiles.models import Profile
from tenants.referrals.models import Referral
from tests.api.conftest import Shop


def test_a_refund_takes_back_in_proportion(shop: Shop, nadia: tuple[Profile, str]) -> None:
    """R4 through the API."""
    made = shop.order(referral_code=nadia[1]).json()
    part = shop.post("orders/A-1/refunds", {"id": "R-1", "amount": 4200})
    assert part.status_code == 201
    assert (part.json()["id"], part.json()["amount"]) == ("R-1", 4200)
    assert part.json()["order"]["refunded"] == 4200
    assert [r["reversed"] for r in part.json()["order"]["rewards"]] == [400, 250]
    rest = shop.post(f"orders/{made['id']}/refunds", {"id": "R-2", "amount": 4200}).json()
    assert rest["order"]["state"] == "refunded"
    assert rest["order"]["referral"]["state"] == "reversed"
    assert [r["state"] for r in rest["order"]["rewards"]] == ["cancelled", "cancelled"]


def test_a_refund_counts_once(shop: Shop) -> None:
    """Bad input: refunded twice."""
    shop.order()
    for _ in range(2):
        assert shop.post("orders/A-1/refunds", {"id": "R-1", "amount": 100}).status_code == 201
    assert Order.objects.get().refunded == 100
    other = shop.post("orders/A-1/refunds", {"id": "R-1", "amount": 200})
    assert (other.status_code, other.json()["code"]) == (409, "refund_already_received")


def test_a_refund_beyond_the_amount_changes_nothing(shop: Shop, nadia: tuple[Profile, str]) -> None:
    """Bad input: refunded beyond its amount; the ledger is unchanged."""
    shop.order(referral_code=nadia[1])
    transfers = Transfer.objects.count()
    response = shop.post("orders/A-1/refunds", {"id": "R-1", "amount": 8401})
    assert (response.status_code, response.json()["code"]) == (409, "refund_too_large")
    assert response.json()["param"] == "amount"
    assert not Refund.objects.exists()
    assert Transfer.objects.count() == transfers
    assert Refusal.objects.get().code == "refund_too_large"


def test_a_refund_of_an_unknown_order_is_404(shop: Shop) -> None:
    response = shop.post("orders/A-9/refunds", {"id": "R-1", "amount": 1})
    assert (response.status_code, response.json()["code"]) == (404, "unknown_order")


def test_a_customer_shows_balance_code_and_counts(shop: Shop, nadia: tuple[Profile, str]) -> None:
    shop.order(referral_code=nadia[1])
    assert shop.get(f"customers/{nadia[0].public_id}").json() == {
        "id": nadia[0].public_id,
        "external_id": None,
        "referral_code": nadia[1],
        "balance": {"unit": "EUR", "available": 0, "pending": 800, "held": 0, "debt": 0},
        "loyalty": {"member": False, "joined_at": None},
        "orders": {"count": 0, "total": 0, "currency": "EUR"},
        "referrals": {"pending": 1, "validated": 0},
    }


def test_an_account_is_noted_and_stops_a_later_referral(
    shop: Shop, nadia: tuple[Profile, str]
) -> None:
    """SP-20 through the API."""
    long_ago = (timezone.now() - timedelta(days=30)).isoformat()
    response = shop.post(
        "accounts", {"customer": {"email": "camille@exemple.fr"}, "created_at": long_ago}
    )
    assert response.status_code == 201
    refused = shop.order(referral_code=nadia[1]).json()
    assert refused["referral"]["refusal"] == "already_has_account"
    assert Referral.objects.get().order is not None


def test_an_account_in_the_future_is_refused(shop: Shop) -> None:
    response = shop.post(
        "accounts", {"customer": {"email": "a@exemple.fr"}, "created_at": "2999-01-01T00:00:00Z"}
    )
    assert (response.json()["code"], response.json()["param"]) == ("date_in_future", "created_at")
    assert not Profile.objects.filter(email="a@exemple.fr").exists()
