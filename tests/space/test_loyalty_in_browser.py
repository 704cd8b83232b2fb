"""The loyalty tab, the orders and the explanation page in a real Chromium (S1, S7)."""

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tenants.loyalty import versions
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import conductor, explanation
from tests.fixtures.programme import make_order
from tests.space import test_in_browser
from tests.space.conftest import STARTED

pytestmark = pytest.mark.browser
lumen, origin = test_in_browser.lumen, test_in_browser.origin
open_page = test_in_browser.open_page


@pytest.fixture
def loyal(lumen: Tenant, camille: Profile) -> None:
    versions.publish(
        now=STARTED, unit="EUR", rate=Decimal(5), per=100, checkout_on=True, minimum_order=3000
    )
    explanation.write(text="# Nos règles\n\nChaque commande compte.\n\n- Un\n- Deux", now=STARTED)
    for number in ("LUM-1", "LUM-2"):
        conductor.order_received(
            order=make_order(
                external_id=number, ordered_at=STARTED, customer=Identity(email=camille.email)
            ),
            now=STARTED,
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/espace/fidelite", "/espace/commandes", "/programme"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    loyal: None, open_page: Callable[..., Page], path: str, scheme: str
) -> None:
    for width in (1280, 390, 320):
        page = open_page(path, viewport={"width": width, "height": 844}, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert Axe().run(page).violations_count == 0
        if folder := os.environ.get("PICTURES"):
            name = f"{path.strip('/').replace('/', '-')}-{scheme}-{width}.png"
            page.screenshot(path=Path(folder) / name, full_page=True)
