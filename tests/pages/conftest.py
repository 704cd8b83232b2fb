"""The shop's people: Claire may change things, Louis may only look; Camille refers Thomas."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role
from accounts.services import create_member
from kernel.ids import uuid7
from tenants.activity.models import Order, Source
from tenants.activity.types import OrderInput
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor, versions
from tenants.programme.models import ProgrammeVersion
from tenants.referrals import codes
from tests.fixtures.tenants import TenantClient

PASSWORD = "ricochet sur l'eau"

# What the form of the referral rules posts.
RULES = {
    "active": "on",
    "name": "Ma cagnotte",
    "referrer_amount": "8,00",
    "referee_amount": "5,00",
    "minimum_order": "30",
    "pending_days": "14",
    "cookie_days": "30",
    "expiry_months": "",
    "referrals_a_year": "",
}


def asked(browser: TenantClient, path: str) -> list[str]:
    """The statements of one page, without the look-up of its host: that is cached by the clock.

    With the look-up goes the way to the public schema and back.
    """
    with CaptureQueriesContext(connection) as statements:
        assert browser.get(path).status_code == 200
    apart = ("tenants_domain", "search_path")
    return [sql for row in statements if not any(part in (sql := row["sql"]) for part in apart)]


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _browser(merchant: Tenant, name: str, role: Role) -> TenantClient:
    email = f"{name.lower()}@maison-lumen.fr"
    create_member(
        email=email,
        first_name=name,
        last_name="Test",
        password=PASSWORD,
        tenant_id=merchant.id,
        role=role,
        now=timezone.now(),
    )
    client = TenantClient(merchant)
    assert client.post("/connexion", {"email": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def claire(merchant: Tenant) -> TenantClient:
    """A manager's browser."""
    return _browser(merchant, "Claire", Role.MANAGER)


@pytest.fixture
def louis(merchant: Tenant) -> TenantClient:
    """A viewer's browser."""
    return _browser(merchant, "Louis", Role.VIEWER)


@pytest.fixture
def owner(merchant: Tenant) -> TenantClient:
    """Inès, owner."""
    return _browser(merchant, "ines", Role.OWNER)


@pytest.fixture
def rules(merchant: Tenant) -> ProgrammeVersion:
    """8,00 € for the referrer, 5,00 € for the referee, after 14 days, from 30,00 €."""
    return versions.publish(
        now=timezone.now() - timedelta(days=200),
        referrer_amount=800,
        referee_amount=500,
        minimum_order=3000,
    )


def customer(first_name: str, last_name: str, **fields: str) -> Profile:
    return profiles.create(
        now=timezone.now() - timedelta(days=100),
        source="manual",
        first_name=first_name,
        last_name=last_name,
        email=fields.pop("email", f"{first_name.lower()}@exemple.fr"),
        **fields,
    )


@dataclass
class Story:
    camille: Profile
    thomas: Profile
    order: Order


@pytest.fixture
def camille(rules: ProgrammeVersion) -> Profile:
    return customer("Camille", "Rouvière", gender="f", phone="0612345678")


@pytest.fixture
def buy(rules: ProgrammeVersion) -> Callable[..., Order]:
    """`buy(profile, number, amount, code=…, source=…)`: an order comes in."""

    def order(
        profile: Profile,
        number: str,
        amount: int = 6240,
        *,
        code: str = "",
        source: Source = Source.API,
        at: datetime | None = None,
    ) -> Order:
        now = at or timezone.now()
        return conductor.order_received(
            order=OrderInput(
                external_id=number,
                amount=amount,
                currency="EUR",
                ordered_at=now,
                customer=Identity(email=profile.email),
                source=source,
                referral_code=code,
            ),
            now=now,
        ).order

    return order


@pytest.fixture
def story(camille: Profile, buy: Callable[..., Order]) -> Story:
    """Thomas ordered for 62,40 € with Camille's code: both sides wait for 14 days."""
    code = codes.code_for(profile=camille, now=timezone.now()).code
    thomas = customer("Thomas", "Guérin")
    order = buy(thomas, "LUM-1", code=code)
    return Story(camille=camille, thomas=thomas, order=order)


def text_of(response: HttpResponse) -> str:
    """What a reader sees, in one line with plain spaces."""
    html = response.content.decode()
    html = re.sub(r"<(script|style|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").replace("&nbsp;", " ")
    return " ".join(words.replace("\u202f", " ").replace("\u00a0", " ").split())


def new_key() -> str:
    return str(uuid7())
