"""The spot of an inline widget in a page that is not ours: never a hole, and nothing moves (S1)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kernel.ids import parse_public_id
from tests.widgets.conftest import Visitor
from tests.widgets.origins import House, Shop
from tests.widgets.showing import SHIFT, SHOW, TITLE, WIDGET, entry
from widgets.display import drawing
from widgets.display.models import Widget

pytestmark = pytest.mark.browser
PLACE = f'[data-ricochet="{WIDGET}"]'
HOST = f'[data-ricochet-widget="{WIDGET}"]'
TALL = "<div class=long></div>"
TOP = f"document.querySelector('{PLACE}').getBoundingClientRect().top"


def line(**words: str) -> str:
    """The line that the back office gives to copy."""
    said = {**SHOW["words"], "fr": {**SHOW["words"]["fr"], **words}}
    widget = Widget(id=parse_public_id("wdg", WIDGET), form="inline")
    assert widget.public_id == WIDGET
    return drawing.spot_of(widget, {**SHOW, "words": said})


@pytest.fixture(autouse=True)
def lets_styles_in(shop: Shop) -> None:
    """Most sites: the line's own style counts."""
    shop.styles = "'self' 'unsafe-inline'"


@pytest.fixture
def without_script(chromium: Browser, shop: Shop) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def fills_its_place(page: Page) -> bool:
    spot, link = page.locator(PLACE), page.locator(f"{PLACE} a")
    there, drawn = spot.bounding_box(), link.bounding_box()
    assert there and drawn and there["height"] > 150
    return abs(there["height"] - drawn["height"]) < 1


@pytest.mark.parametrize("width", [320, 1280])
def test_without_a_script_the_place_is_a_link_to_the_module(
    without_script: Page, shop: Shop, width: int
) -> None:
    """It carries the widget as its source, and gives the other page no hold on this one."""
    shop.inside = f"<p>Avant{line()}<p>Après"
    page = without_script
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(shop.url)
    link = page.get_by_role("link", name=TITLE)
    expect(link).to_be_visible()
    assert link.get_attribute("href") == SHOW["url"]
    assert link.get_attribute("rel") == "noopener"
    assert fills_its_place(page)


def test_the_words_of_the_link_are_words(without_script: Page, shop: Shop) -> None:
    """R34."""
    evil = '</a><img src=x onerror="shopErrors.push(1)">'
    shop.inside = line(title=evil)
    without_script.goto(shop.url)
    expect(without_script.get_by_role("link", name=evil)).to_be_visible()
    assert without_script.locator("img").count() == 0


def test_a_widget_without_a_page_to_lead_to_has_no_link() -> None:
    widget = Widget(id=parse_public_id("wdg", WIDGET), form="inline")
    assert "<a" not in drawing.spot_of(widget, {**SHOW, "url": "?s=signed#part-mod_1"})


def test_the_widget_takes_the_place_of_the_link(house: House, shop: Shop, visitor: Visitor) -> None:
    house.shown = [entry(form="inline")]
    shop.inside = f"<p>Avant{line()}<p>Après{TALL}"
    visitor.opens()
    expect(visitor.page.get_by_role("region", name=TITLE)).to_be_visible()
    expect(visitor.page.locator(f"{PLACE} > a")).to_have_count(0)
    assert visitor.page.evaluate(SHIFT) == 0
    assert visitor.saw_no_error()


def test_a_place_below_the_screen_is_given_back_when_nothing_comes(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    """Paused, or the operation is over: nobody who scrolls down finds a hole, or a stale link."""
    shop.inside = f"{TALL}<p>Avant{line()}<p>Après{TALL}"
    visitor.opens()
    expect(visitor.page.locator(PLACE)).to_be_hidden()
    after, before = (visitor.page.get_by_text(word).bounding_box() for word in ("Après", "Avant"))
    assert after and before and after["y"] - before["y"] < 80
    assert visitor.page.evaluate(SHIFT) == 0
    assert visitor.saw_no_error()


def test_a_place_on_screen_stays_a_link_until_it_lies_below(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    """What is being read never moves: not while it is on screen, not once it was passed."""
    shop.inside = f"{TALL}<p>Avant{line()}<p>Après{TALL}"
    visitor.opens()
    page = visitor.page
    page.evaluate("scrollTo(0, 3900)")
    page.reload()  # the browser brings back the place where one was
    visitor.until(f"Math.abs({TOP}) < innerHeight")
    page.wait_for_timeout(600)
    assert len(house.asked) >= 2
    link = page.get_by_role("link", name=TITLE)
    expect(link).to_be_visible()
    assert fills_its_place(page)
    page.evaluate("scrollTo(0, 6000)")
    page.wait_for_timeout(300)
    expect(link).to_be_visible()  # above: taking it away would pull the page
    assert page.evaluate("scrollY") == 6000
    page.evaluate("scrollTo(0, 3900)")
    page.wait_for_timeout(300)
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(PLACE)).to_be_hidden()
    assert page.evaluate(SHIFT) == 0
    assert visitor.saw_no_error()


@pytest.mark.parametrize("said", ["", "<p>no JSON", "null", '{"problem": 1}'])
def test_where_our_server_is_not_heard_the_link_stays(
    house: House, shop: Shop, visitor: Visitor, said: str
) -> None:
    """S9."""
    house.shown = said
    shop.inside = f"{TALL}{line()}"
    visitor.opens()
    visitor.page.wait_for_timeout(500)
    assert house.asked
    expect(visitor.page.get_by_role("link", name=TITLE)).to_be_visible()
    assert visitor.saw_no_error()


def test_what_is_not_a_spot_of_ours_is_left_alone(shop: Shop, visitor: Visitor) -> None:
    """A shop that uses the attribute for something of its own."""
    shop.inside = f'{TALL}<div data-ricochet="order">Commande</div>'
    visitor.opens()
    visitor.page.wait_for_timeout(500)
    expect(visitor.page.get_by_text("Commande")).to_be_visible()
