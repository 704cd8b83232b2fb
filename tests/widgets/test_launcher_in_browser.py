"""The launcher on a shop of another site: drawn, used by keyboard, harmless (S1, S9, R34, R35)."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.widgets.conftest import Look, Visitor
from tests.widgets.origins import House, Shop
from widgets.models import WidgetKind
from widgets.shown import bundle

pytestmark = pytest.mark.browser
PACKED = bundle.current(WidgetKind.LAUNCHER)
SHOW: dict[str, Any] = {
    "kind": "launcher",
    "label": "Parrainez, gagnez 8,00\u00a0€",
    "title": "Invitez un proche, gagnez 8,00\u00a0€",
    "text": "Partagez votre lien. Votre proche reçoit 5,00\u00a0€.",
    "action": "Ouvrir ma cagnotte",
    "side": "right",
    "lang": "fr",
    "initials": "ML",
    "url": "http://127.0.0.1:9/espace",
    "rules_url": "http://127.0.0.1:9/espace/regles",
    "rules": "Les règles du parrainage",
    "close": "Fermer",
    "made": "Proposé avec",
    "colors": {
        "brand": "#e5a83b",
        "brand_ink": "#1e1503",
        "text_light": "#855600",
        "text_dark": "#f0be62",
    },
}


def entry(**changes: Any) -> dict[str, Any]:
    """What the server says of the launcher."""
    return {
        "src": f"/w/launcher.{PACKED.digest}.js",
        "integrity": PACKED.integrity,
        "show": {**SHOW, **changes},
    }


@pytest.fixture
def on(house: House) -> House:
    """The merchant switched it on."""
    house.shown = [entry()]
    return house


def test_it_opens_by_keyboard_leads_to_the_cagnotte_and_closes(on: House, visitor: Visitor) -> None:
    """SP-06, B10: under the shop's strict policy and Trusted Types, without an error."""
    visitor.opens()
    page = visitor.page
    pill = page.get_by_role("button", name="Parrainez, gagnez 8,00\u00a0€")
    expect(pill).to_be_visible()
    panel = page.get_by_role("dialog", name="Invitez un proche, gagnez 8,00\u00a0€")
    expect(panel).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    expect(panel).to_be_focused()
    link = panel.get_by_role("link", name="Ouvrir ma cagnotte")
    assert link.get_attribute("href") == "http://127.0.0.1:9/espace"
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Fermer")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(pill).to_be_focused()
    pill.click()
    panel.get_by_role("button", name="Fermer").click()
    expect(panel).to_be_hidden()
    assert visitor.saw_no_error() and visitor.stored() == []


def test_nothing_more_is_loaded_where_nothing_is_on(house: House, visitor: Visitor) -> None:
    visitor.opens()
    wait_for(visitor, house, "/w/widgets.json")
    visitor.page.wait_for_timeout(200)
    assert [path for path in house.gets if path.startswith("/w/launcher")] == []
    assert visitor.page.locator("[data-ricochet-widget]").count() == 0


def test_a_page_can_be_kept_free_of_it(on: House, shop: Shop, visitor: Visitor) -> None:
    shop.attributes = 'data-widgets="off"'
    visitor.opens()
    visitor.page.wait_for_timeout(300)
    assert "/w/widgets.json" not in on.gets


def test_a_shop_with_a_log_in_has_it_lead_to_its_own_page(
    on: House, shop: Shop, visitor: Visitor
) -> None:
    """`data-space`: the page that signs its customer in. An address that runs is not taken."""
    for given, led in (("/compte/cagnotte", f"{shop.url}/compte/cagnotte"),
                       ("javascript:alert(1)", SHOW["url"])):  # fmt: skip
        shop.attributes = f'data-space="{given}"'
        visitor.opens()
        visitor.page.get_by_role("button", name="Parrainez").click()
        link = visitor.page.get_by_role("link", name="Ouvrir ma cagnotte")
        assert link.evaluate("a => a.href") == led


@pytest.mark.parametrize("said", ["", "<p>no JSON", "null", "[]", '{"widgets": [{}]}'])
def test_an_answer_that_makes_no_sense_shows_nothing_and_breaks_nothing(
    house: House, visitor: Visitor, said: str
) -> None:
    """S9."""
    house.shown = said
    visitor.opens()
    wait_for(visitor, house, "/w/widgets.json")
    visitor.page.wait_for_timeout(200)
    assert visitor.page.locator("[data-ricochet-widget]").count() == 0
    assert visitor.saw_no_error()


def test_a_script_that_is_not_the_one_is_not_run(house: House, visitor: Visitor) -> None:
    """R35: SRI."""
    house.shown = [{**entry(), "integrity": "sha384-" + "A" * 64}]
    visitor.opens()
    wait_for(visitor, house, f"/w/launcher.{PACKED.digest}.js")
    visitor.page.wait_for_timeout(300)
    assert visitor.page.locator("[data-ricochet-widget]").count() == 0
    assert visitor.saw_no_error()


def test_a_script_comes_from_our_server_and_from_nowhere_else(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    house.shown = [{**entry(), "src": f"{shop.url}/w/launcher.{PACKED.digest}.js"}]
    visitor.opens()
    wait_for(visitor, house, f"/w/launcher.{PACKED.digest}.js")
    assert visitor.saw_no_error()


def test_words_and_colours_never_run(house: House, visitor: Visitor) -> None:
    """R34."""
    evil = "<img src=x onerror=shopErrors.push(1)>"
    colors = {"brand": "red}*{display:none", "brand_ink": evil}
    house.shown = [entry(label=evil, title=evil, text=evil, colors=colors)]
    visitor.opens()
    visitor.page.get_by_role("button", name=evil).click()
    expect(visitor.page.get_by_role("dialog", name=evil)).to_be_visible()
    assert visitor.page.locator("[data-ricochet-widget] img").count() == 0
    assert visitor.saw_no_error()


def test_no_style_goes_in_or_out_and_nothing_of_the_page_moves(on: House, look: Look) -> None:
    """S1, S9: a cumulative layout shift of nought, although it arrives late."""
    page = look()
    before = page.locator("p").first.bounding_box()

    expect(page.get_by_role("button", name="Parrainez")).to_be_visible()
    page.get_by_role("button", name="Parrainez").click()
    assert page.locator("p").first.bounding_box() == before
    shift = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const e of list.getEntries()) sum += e.value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift == 0
    font = "getComputedStyle(document.querySelector('body > p')).fontFamily"
    assert "Segoe" not in page.evaluate(font)


def test_it_never_covers_what_the_page_keeps_in_its_place(on: House, look: Look) -> None:
    """S9: a banner that asks for consent can be answered; the button stands above it."""
    page = look(viewport={"width": 390, "height": 800})
    pill = page.get_by_role("button", name="Parrainez")
    expect(pill).to_be_visible()
    low = pill.bounding_box()
    page.evaluate(
        """() => {
          const banner = document.createElement('div');
          banner.id = 'banner';
          Object.assign(banner.style, {
            position: 'fixed', left: '0', right: '0', bottom: '0', height: '180px',
          });
          document.body.append(banner);
        }"""
    )
    page.wait_for_timeout(1300)
    high = pill.bounding_box()
    assert low and high and high["y"] + high["height"] <= 800 - 180
    page.evaluate("document.getElementById('banner').style.height = '700px'")
    page.wait_for_timeout(1300)
    expect(pill).to_be_hidden()
    page.evaluate("document.getElementById('banner').remove()")
    expect(pill).to_be_visible()
    page.wait_for_timeout(1300)
    assert pill.bounding_box() == low


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_axe_finds_nothing_and_it_fits(on: House, look: Look, theme: str, width: int) -> None:
    """S7, B12."""
    page = look(viewport={"width": width, "height": 640}, color_scheme=theme, bypass_csp=True)
    page.get_by_role("button", name="Parrainez").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    page.wait_for_timeout(300)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, context="[data-ricochet-widget]", options=options)
    broken = found.response["violations"]
    assert not broken, [(v["id"], [n["html"] for n in v["nodes"]]) for v in broken]
    box = panel.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    close = page.get_by_role("button", name="Fermer").bounding_box()
    assert close and close["width"] >= (44 if width < 760 else 36)


def wait_for(visitor: Visitor, house: House, path: str) -> None:
    for _turn in range(200):
        if path in house.gets:
            return
        visitor.page.wait_for_timeout(20)
    raise AssertionError(f"{path} was not asked for: {house.gets}")
