"""The public site in a real Chromium: accessible, and its sample alive."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.signup.test_sample import PAGES
from tests.signup.test_site import BOTH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    site: str, new_page: Callable[..., Page], theme: str
) -> None:
    """B11, B12, S7: every page in both languages, at 320 px and on a desktop, all unfolded."""
    page = new_page(color_scheme=theme)
    for path in (*BOTH, *PAGES):
        for width in (NARROW["width"], 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(site + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            found = Axe().run(page).response["violations"]
            assert not found, (path, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    assert page.troubles == []


def test_the_story_moves_the_cagnotte_and_the_widget_opens(
    site: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(site + "/")
    wallet = page.frame_locator("iframe[name=cagnotte]")
    page.locator("#essayer").scroll_into_view_if_needed()
    expect(wallet.locator(".wallet-amount")).to_have_text(re.compile("24,00"))
    page.get_by_role("link", name="Thomas commande", exact=False).first.click()
    expect(wallet.locator(".wallet-amount")).to_have_text(re.compile("16,00"))
    expect(page.locator("[data-moment][aria-current]")).to_contain_text("Thomas commande")
    page.get_by_role("link", name="Quatorze jours passent").click()
    wallet.get_by_role("link", name="Choisir Bougie Aube").click()
    wallet.get_by_role("button", name="Choisir ce lot").click()
    expect(wallet.locator("#mes-lots")).to_contain_text("BOUGIE-4T9M")
    shop = page.frame_locator("iframe[name=boutique]")
    page.locator(".try-shop").scroll_into_view_if_needed()
    shop.get_by_role("button", name="Parrainez, gagnez").click()
    expect(shop.get_by_role("dialog")).to_contain_text("Votre proche reçoit")
    assert page.troubles == []


def test_without_scripts_the_story_moves_as_well(site: str, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(site + "/en/")
    page.get_by_role("link", name="Thomas orders").click()
    wallet = page.frame_locator("iframe[name=cagnotte]")
    expect(wallet.locator(".wallet-amount")).to_have_text(re.compile("€16.00"))
