"""Widgets for operations on somebody else's site: all four forms, harmless (S1, S9, R34, R35)."""

import re

import pytest
from playwright.sync_api import expect

from tests.widgets.conftest import Visitor
from tests.widgets.origins import House, Shop
from tests.widgets.showing import ACTION, LABEL, SHIFT, SPOT, TITLE, WIDGET, entry
from widgets.display import drawing

pytestmark = pytest.mark.browser
HOST = f'[data-ricochet-widget="{WIDGET}"]'
FOCUS = f"document.querySelector('{HOST}')?.shadowRoot.activeElement?.className"
LONG = '<p>Bienvenue<input aria-label="Recherche"><div class=long></div><p>Fin'


def shows(house: House, shop: Shop, inside: str = LONG, **changes: object) -> None:
    """The server says one widget, and the shop's page holds this."""
    house.shown = [entry(**changes)]
    shop.inside = inside


def kept(visitor: Visitor) -> dict[str, str]:
    found: dict[str, str] = visitor.page.evaluate("({ ...localStorage, ...sessionStorage })")
    return found


def told(house: House, count: int) -> list[str]:
    """What pages reported, in order, once there are so many."""
    sent = house.wait_for("/w/d1", count)
    assert {frozenset(body) for body in sent} == {frozenset({"widget", "what", "path"})}
    assert {body["widget"] for body in sent} == {WIDGET}
    return [body["what"] for body in sent]


def test_a_pop_up_takes_the_keyboard_closes_by_escape_and_gives_the_focus_back(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    """B10, S9: under a strict policy and Trusted Types, with nothing stored before it is closed."""
    shows(house, shop, when="delay", after=1)
    visitor.opens()
    page = visitor.page
    page.evaluate("document.body.tabIndex = -1, document.body.focus()")
    panel = page.get_by_role("dialog", name=TITLE)
    expect(panel).to_be_visible()
    assert panel.get_attribute("aria-modal") == "true"
    assert visitor.page.evaluate(FOCUS) == "panel"
    assert visitor.stored() == []
    close, link = panel.get_by_role("button", name="Fermer"), panel.get_by_role("link")
    for turn in ("Tab", "Tab", "Tab"):
        page.keyboard.press(turn)
    expect(close).to_be_focused()  # close, link, and round again
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    assert link.get_attribute("aria-label") == f"{ACTION} (nouvel onglet)"
    page.keyboard.press("Escape")
    expect(page.locator(HOST)).to_have_count(0)
    assert page.evaluate("document.activeElement === document.body")
    assert list(kept(visitor)) == [f"ricochet:{WIDGET}"]
    assert told(house, 1) == ["shown"]
    visitor.opens()
    page.wait_for_timeout(1500)
    expect(page.locator(HOST)).to_have_count(0)
    assert visitor.saw_no_error()


def test_without_a_text_no_empty_band_stands_above_the_button(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    """The button is as far from the head as from the panel's sides."""
    shows(house, shop, words={"text": ""})
    visitor.opens()
    panel = visitor.page.get_by_role("dialog", name=TITLE)
    expect(panel).to_be_visible()
    visitor.page.wait_for_timeout(300)
    head = panel.locator(".head").bounding_box()
    link = panel.get_by_role("link").bounding_box()
    assert head and link
    assert link["y"] - head["y"] - head["height"] <= link["x"] - head["x"]


@pytest.mark.parametrize(
    ("keep", "where", "days"),
    [(0, "", 0), (-1, "sessionStorage", 1), (30, "localStorage", 30), (999, "localStorage", 182)],
)
def test_only_that_it_was_closed_is_kept_and_six_months_at_most(
    house: House, shop: Shop, visitor: Visitor, keep: int, where: str, days: int
) -> None:
    """D8."""
    shows(house, shop, keep=keep)
    visitor.opens()
    visitor.page.get_by_role("button", name="Fermer").click()
    expect(visitor.page.locator(HOST)).to_have_count(0)
    if not where:
        assert visitor.stored() == []
        return
    until = visitor.page.evaluate(f"+{where}['ricochet:{WIDGET}'] - Date.now()")
    assert abs(until / 86_400_000 - days) < 0.01
    visitor.page.evaluate(f"{where}['ricochet:{WIDGET}'] = Date.now() - 1")
    visitor.opens()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()  # the time is over


def test_a_slide_in_leaves_the_focus_where_it_is(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    shows(house, shop, form="slide", side="left")
    visitor.opens()
    page = visitor.page
    panel = page.get_by_role("dialog", name=TITLE)
    expect(panel).to_be_visible()
    assert panel.get_attribute("aria-modal") == "false"
    assert page.evaluate("document.activeElement === document.body")
    box = panel.bounding_box()
    assert box and box["x"] < 40
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_tab_opens_by_hand_and_comes_back(house: House, shop: Shop, visitor: Visitor) -> None:
    shows(house, shop, form="tab")
    visitor.opens()
    page = visitor.page
    tab = page.get_by_role("button", name=LABEL)
    expect(tab).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    tab.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS) == "panel"
    page.keyboard.press("Escape")
    expect(tab).to_be_focused()
    assert visitor.stored() == []
    assert told(house, 2) == ["shown", "opened"]


@pytest.mark.parametrize("words", [{}, {"text": "", "title": "Café"}, {"text": "mot " * 40}])
@pytest.mark.parametrize("width", [320, 1280])
def test_an_inline_one_stands_in_its_spot_and_nothing_moves(
    house: House, shop: Shop, visitor: Visitor, width: int, words: dict[str, str]
) -> None:
    """S1: a cumulative layout shift of nought, although it arrives late; no style in or out."""
    shows(house, shop, SPOT, form="inline", words=words)
    height = drawing.height_of(house.shown[0]["show"])
    shop.style = f"[data-ricochet] {{ min-height: {height} }}"
    visitor.page.set_viewport_size({"width": width, "height": 800})
    visitor.opens()
    page = visitor.page
    region = page.get_by_role("region")
    expect(region).to_be_visible()
    assert page.evaluate(SHIFT) == 0
    assert region.locator("h2").evaluate("n => getComputedStyle(n).textTransform") == "none"
    assert region.locator("h2").evaluate("n => getComputedStyle(n).color") == "rgb(255, 255, 255)"
    outside = page.get_by_text("Après")
    assert outside.evaluate("n => getComputedStyle(n).textTransform") == "uppercase"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert told(house, 1) == ["shown"] and visitor.saw_no_error()


def test_a_page_says_what_spots_it_has_and_where_it_stands(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    """Nothing is loaded on a page that shows nothing: our server knows before."""
    shop.inside = SPOT
    visitor.opens("/cafes/sidama?secret=1#a")
    visitor.page.wait_for_timeout(500)
    assert house.asked == [{"p": "/cafes/sidama", "i": WIDGET}]
    assert not [path for path in house.gets if path.startswith("/w/d1")]


@pytest.mark.parametrize("form", ["popup", "slide"])
def test_on_a_phone_nothing_opens_by_itself(
    house: House, shop: Shop, visitor: Visitor, form: str
) -> None:
    """Look, section 12: a bottom sheet, opened by a tap."""
    shows(house, shop, form=form)
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    visitor.opens()
    page = visitor.page
    pill = page.get_by_role("button", name=LABEL)
    expect(pill).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    pill.click()
    page.wait_for_timeout(300)  # it slides in
    box = page.get_by_role("dialog").bounding_box()
    assert box and box["x"] == 0 and box["width"] == 390 and abs(box["y"] + box["height"] - 800) < 2
    page.get_by_role("button", name="Fermer").click()
    expect(page.locator(HOST)).to_have_count(0)
    assert told(house, 2) == ["shown", "opened"]


def test_it_waits_for_the_scroll_for_the_way_out_and_for_who_is_typing(
    house: House, shop: Shop, visitor: Visitor
) -> None:
    page = visitor.page
    shows(house, shop, when="scroll", after=50)
    visitor.opens()
    page.wait_for_timeout(400)
    expect(page.locator(HOST)).to_have_count(0)
    page.mouse.wheel(0, 3000)
    expect(page.get_by_role("dialog")).to_be_visible()
    shows(house, shop, when="exit")
    visitor.opens()
    page.mouse.move(300, 300)
    page.wait_for_timeout(400)
    expect(page.locator(HOST)).to_have_count(0)
    page.evaluate(
        "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: -1}))"
    )
    expect(page.get_by_role("dialog")).to_be_visible()
    shows(house, shop, when="delay", after=1)
    visitor.opens()
    page.get_by_label("Recherche").focus()
    page.wait_for_timeout(1500)
    expect(page.locator(HOST)).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_it_speaks_the_language_of_the_page(house: House, shop: Shop, visitor: Visitor) -> None:
    shop.language = "en-GB"
    shows(house, shop)
    visitor.opens()
    panel = visitor.page.get_by_role("dialog", name="Win a Halo lamp and six months of coffee")
    expect(panel.get_by_role("link")).to_have_text("Take part")
    expect(panel.get_by_role("button", name="Close")).to_be_visible()
    assert visitor.page.locator(HOST).get_attribute("lang") == "en"


def test_words_colours_and_addresses_never_run(house: House, shop: Shop, visitor: Visitor) -> None:
    """R34."""
    evil = "<img src=x onerror=shopErrors.push(1)>"
    shows(
        house, shop, words={"title": evil, "text": evil, "action": evil},
        brands=[[evil, "", ""], [evil, "red;}*{", evil]],
        colors={"brand": "red}*{display:none", "brand_ink": evil},
    )  # fmt: skip
    visitor.opens()
    panel = visitor.page.get_by_role("dialog", name=evil)
    expect(panel).to_be_visible()
    assert visitor.page.locator(f"{HOST} img").count() == 0
    assert visitor.saw_no_error()


@pytest.mark.parametrize("broken", ["integrity", "words", "url", "address", "storage", "reports"])
def test_whatever_breaks_the_page_hears_nothing(
    house: House, shop: Shop, visitor: Visitor, broken: str
) -> None:
    """S9, R35: another script than the one that was meant, nonsense, a browser that keeps nothing,
    a server that went away."""
    shows(house, shop)
    if broken == "integrity":
        house.shown = [{**entry(), "integrity": "sha384-" + "A" * 64}]
    elif broken in ("words", "url"):
        house.shown = [entry()]
        house.shown[0]["show"].pop(broken)
    elif broken == "address":
        shows(house, shop, url="javascript:shopErrors.push(1)")
    elif broken == "storage":
        visitor.context.add_init_script(
            "for (const n of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, n, { get() { throw new DOMException('no') } })"
        )
    else:
        house.mood = "hang up"
    visitor.opens()
    visitor.page.wait_for_timeout(600)
    if broken in ("storage", "reports"):
        visitor.page.get_by_role("button", name="Fermer").click()
    expect(visitor.page.locator(HOST)).to_have_count(0)
    assert visitor.saw_no_error()


def test_two_of_ours_never_cover_each_other(house: House, shop: Shop, visitor: Visitor) -> None:
    """The launcher and a widget on one phone."""
    other = "wdg_01jd0000000000000000000001"
    house.shown = [entry(), entry(id=other)]
    shop.inside = LONG
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    visitor.opens()
    pills = visitor.page.get_by_role("button", name=re.compile("Gagnez"))
    expect(pills).to_have_count(2)
    visitor.page.wait_for_timeout(1300)
    one, two = (pills.nth(n).bounding_box() for n in (0, 1))
    assert one and two
    assert abs(one["y"] - two["y"]) >= min(one["height"], two["height"])
