"""The queue of odd referrals by keyboard in a real Chromium: arrows, A and R (R43, B10)."""

import os
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tenants.activity.models import Source
from tenants.activity.types import OrderInput
from tenants.models import Tenant
from tenants.profiles.models import ProfileKind
from tenants.profiles.services import Identity
from tenants.programme import ambassadors, conductor, versions
from tenants.referrals import codes
from tests.pages.conftest import customer
from tests.pages.test_messages_in_browser import logged_in, origin  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]
QUEUE = "/parrainage/verifications"


def order(email: str, number: str, code: str = "") -> None:
    now = timezone.now()
    conductor.order_received(
        order=OrderInput(
            external_id=number,
            amount=6240,
            currency="EUR",
            ordered_at=now,
            customer=Identity(email=email),
            source=Source.API,
            referral_code=code,
            shipping_address="12 rue des Lilas, 75011 Paris",
        ),
        now=now,
    )


@pytest.fixture
def two_held(live_merchant: Tenant) -> str:
    """Thomas and Luc both order to Camille's address; Camille's public id."""
    versions.publish(now=timezone.now(), referrer_amount=800, referee_amount=500)
    camille = customer("Camille", "Rouvière")
    order(camille.email, "OWN")
    code = codes.code_for(profile=camille, now=timezone.now()).code
    for name, surname in (("Thomas", "Guérin"), ("Luc", "Rouvière")):
        order(customer(name, surname).email, f"LUM-{name}", code)
    ambassadors.create(
        kind=ProfileKind.INFLUENCER,
        name="Nina",
        code="NINA10",
        email="nina@exemple.fr",
        now=timezone.now(),
    )
    return camille.public_id


def test_the_queue_is_worked_through_by_keyboard(
    two_held: str,
    logged_in: Callable[..., Page],  # noqa: F811
    origin: str,  # noqa: F811
) -> None:
    page = logged_in()
    page.goto(f"{origin}{QUEUE}")
    expect(page.locator("[data-case]")).to_have_count(2)
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-case]:focus")).to_contain_text("Luc Rouvière")
    page.keyboard.press("r")
    expect(page.get_by_text("Parrainage de Luc Rouvière refusé")).to_be_visible()
    expect(page.locator("[data-case]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    expect(page.locator("[data-case]")).to_have_count(0)
    assert page.troubles == []  # type: ignore[attr-defined]


@pytest.mark.skipif("C2_SHOTS" not in os.environ, reason="shots")
def test_shots(two_held: str, logged_in: Callable[..., Page], origin: str) -> None:  # noqa: F811
    for width, scheme in ((1280, "light"), (390, "dark")):
        page = logged_in(viewport={"width": width, "height": 900}, color_scheme=scheme)
        for name, path in {
            "queue": QUEUE,
            "rules": f"{QUEUE}/reglages",
            "amb": "/parrainage/ambassadeurs",
            "add": "/parrainage/ambassadeurs/ajouter",
            "card": f"/clients/{two_held}/carte?format=a4",
            "todo": "/a-traiter",
        }.items():
            page.goto(f"{origin}{path}")
            page.screenshot(path=f"/tmp/c2_{name}_{width}.png", full_page=True)
        if width == 1280:
            page.goto(f"{origin}/clients/{two_held}/carte?format=a4")
            page.pdf(path="/tmp/c2_card.pdf", prefer_css_page_size=True, format="A4")
