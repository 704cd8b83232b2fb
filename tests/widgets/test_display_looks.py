"""Widgets for operations, looked at by axe in both themes and at three widths (S7, B12)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.widgets.conftest import Look
from tests.widgets.origins import House, Shop
from tests.widgets.showing import LABEL, SPOT, entry

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("form", ["inline", "popup", "slide", "tab"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_it_fits(
    house: House, shop: Shop, look: Look, form: str, theme: str, width: int
) -> None:
    """S7, B12."""
    house.shown, shop.inside = [entry(form=form)], SPOT
    page = look(viewport={"width": width, "height": 640}, color_scheme=theme, bypass_csp=True)
    opener = page.get_by_role("button", name=LABEL)
    if form == "tab" or (form != "inline" and width < 760):
        box = opener.bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
        opener.click()
    panel = page.get_by_role("region" if form == "inline" else "dialog")
    expect(panel).to_be_visible()
    page.wait_for_timeout(300)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, context="[data-ricochet-widget]", options=options)
    broken = found.response["violations"]
    assert not broken, [(v["id"], [n["html"] for n in v["nodes"]]) for v in broken]
    box = panel.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
