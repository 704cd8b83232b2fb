"""A friend follows a link, orders, and the shop's page reports it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.ledger.models import Transfer, TransferKind
from tenants.models import Tenant
from tenants.profiles.services import create, update
from tenants.programme import versions
from tenants.programme.models import Reward, RewardState
from tenants.referrals import codes
from tenants.referrals.models import Referral, ReferralCode, ReferralState, Step
from tenants.referrals.services import record_click
from tests.fixtures.tenants import TenantClient
from widgets.tracker.services import register_site

SHOP = "https://boutique-lumen.example"


@pytest.fixture
def camille(merchant: Tenant) -> ReferralCode:
    """The code of a referrer, under a programme that runs since yesterday."""
    yesterday = timezone.now() - timedelta(days=1)
    versions.publish(now=yesterday)
    profile = create(
        email="camille@example.com", first_name="Camille", source="manual", now=yesterday
    )
    return codes.code_for(profile=profile, now=yesterday)


@pytest.fixture
def friend_orders(
    merchant: Tenant, client_for: Callable[..., TenantClient]
) -> Callable[..., Referral]:
    """`friend_orders(visitor=…, code=…)` posts Léa's order, and gives her referral."""
    site = register_site(url=SHOP, now=timezone.now())
    client = client_for(merchant)
    client.defaults["HTTP_ORIGIN"] = SHOP

    def post(**more: str) -> Referral:
        body = {"key": site.public_key, "id": "LUM-1", "amount": 8400, "currency": "EUR"}
        body |= {"email": "lea@example.com"} | more
        response = client.post("/w/orders", body, content_type="application/json")
        assert response.status_code == 202
        return Referral.objects.get(referee__email="lea@example.com")

    return post


def test_a_followed_link_makes_a_referral_that_waits(
    camille: ReferralCode, friend_orders: Callable[..., Referral]
) -> None:
    """SP-17: the cookie follows the referee to the order and attributes it to the referrer."""
    click = record_click(code=camille.code, channel="link", now=timezone.now())
    referral = friend_orders(visitor=f"{click}.{camille.code}")
    assert referral.referrer == camille.profile
    assert (referral.step, referral.state) == (Step.COOKIE, ReferralState.PENDING)


def test_what_a_browser_reported_is_promised_and_not_granted(
    camille: ReferralCode, friend_orders: Callable[..., Referral]
) -> None:
    """Forged or not: nothing becomes definitive before a trusted source confirms."""
    friend_orders(code=camille.code)
    assert Reward.objects.count() == 2
    # No due date: only a confirmation starts the delay after which a reward posts.
    assert set(Reward.objects.values_list("state", "due_at")) == {(RewardState.PENDING, None)}
    transfers = Transfer.objects.filter(id__in=Reward.objects.values("transfer_id"))
    assert set(transfers.values_list("kind", flat=True)) == {TransferKind.PENDING}
    assert not Transfer.objects.exclude(kind=TransferKind.PENDING).exists()


def test_a_bare_code_in_the_address_is_applied(
    camille: ReferralCode, friend_orders: Callable[..., Referral]
) -> None:
    """FS-13."""
    assert friend_orders(visitor=f".{camille.code}").referrer == camille.profile


def test_a_code_of_the_buyers_own_is_refused_and_the_order_stands(
    camille: ReferralCode, friend_orders: Callable[..., Referral]
) -> None:
    """SP-18, by an alias of the referrer's own address."""
    update(profile_id=camille.profile.id, email="lea+parrain@example.com")
    referral = friend_orders(code=camille.code)
    assert referral.state == ReferralState.REFUSED
    assert referral.order is not None
