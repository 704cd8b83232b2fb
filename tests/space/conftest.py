"""Camille, with a cagnotte at Maison Lumen, and the browser she reads it in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from tenants import lookup
from tenants.activity.models import Source
from tenants.activity.types import OrderInput
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor, versions
from tenants.referrals import codes
from tenants.rewards import services as rewards
from tenants.rewards.models import Prize
from tests.fixtures.tenants import TenantClient
from widgets.links import flood, landing, views
from widgets.space import sessions

STARTED = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
SHOP = "https://www.maisonlumen.example/boutique"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Pages and counts that a process keeps belong to the test that made them."""
    landing.forget_pages()
    views._blocked.clear()
    flood.forget()
    cache.clear()


def open_lumen(merchant: Tenant) -> Tenant:
    """Give a merchant a shop, and open its programme: 8 € for 5 €."""
    merchant.site_url = SHOP
    merchant.save(update_fields=["site_url"])
    lookup.forget_locally()
    versions.publish(
        now=STARTED, name="Ma cagnotte", referrer_amount=800, referee_amount=500, minimum_order=3000
    )
    return merchant


@pytest.fixture
def lumen(merchant: Tenant) -> Tenant:
    """Maison Lumen, open to referrals."""
    return open_lumen(merchant)


@pytest.fixture
def camille(lumen: Tenant) -> Profile:
    return profiles.create(
        now=STARTED, source="manual", email="camille@exemple.fr", first_name="Camille"
    )


@pytest.fixture
def code(camille: Profile) -> str:
    return codes.code_for(profile=camille, now=STARTED).code


Earns = Callable[..., None]


@pytest.fixture
def camille_earns(camille: Profile, code: str) -> Earns:
    """`camille_earns("Thomas")`: Thomas orders with her code; what it grants posts."""

    def earn(friend: str, *, posted: bool = True, at: datetime | None = None) -> None:
        now = at or timezone.now()
        outcome = conductor.order_received(
            order=OrderInput(
                external_id=f"LUM-{friend}",
                amount=8400,
                currency="EUR",
                ordered_at=now,
                customer=Identity(email=f"{friend.lower()}@exemple.fr", first_name=friend),
                source=Source.API,
                referral_code=code,
                click_id=None,
            ),
            now=now,
        )
        for reward in outcome.rewards if posted else ():
            conductor.post_due_reward(transfer_id=reward.transfer_id, now=now + timedelta(days=14))

    return earn


@pytest.fixture
def candle(lumen: Tenant) -> Prize:
    return rewards.save_prize(
        now=STARTED, unit="EUR", name="Bougie Aube 190 g", cost=2000, icon="candle"
    )


@pytest.fixture
def visitor(lumen: Tenant) -> TenantClient:
    """Somebody's browser, with nothing in it. Cross-site forgery is checked as in production."""
    return TenantClient(lumen, enforce_csrf_checks=False)


@pytest.fixture
def at_home(lumen: Tenant, camille: Profile) -> TenantClient:
    """Camille's browser, with her space open."""
    client = TenantClient(lumen)
    token = sessions.open_session(profile=camille, now=timezone.now())
    client.cookies[sessions.COOKIE] = token
    return client
