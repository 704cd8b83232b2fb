"""The scripts in the oldest browsers that they promise to run in: those named in `v1.js`.

A Chromium from which what came later was taken before any script of the page runs.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.widgets import test_launcher_in_browser as launcher
from tests.widgets.conftest import Visitor
from tests.widgets.origins import KEY, House, Shop
from tests.widgets.showing import ACTION, LABEL, SHOW, SPOT, TITLE, WIDGET, entry
from widgets.management.commands.release_script import present

HOST = f'[data-ricochet-widget="{WIDGET}"]'
ORDER = {"id": "LUM-1", "amount": 8400, "currency": "EUR", "email": "lea@example.com"}

# Safari 12.1, Chrome 79, Firefox 68 have none of these.
OLD = """
const gone = [
  [Object, 'hasOwn', 'groupBy'], [window, 'structuredClone', 'AggregateError', 'WeakRef'],
  [Array.prototype, 'at', 'findLast', 'toSorted', 'toReversed', 'with', 'toSpliced'],
  [String.prototype, 'at', 'replaceAll', 'matchAll', 'isWellFormed'],
  [Promise, 'any', 'allSettled', 'withResolvers', 'try'], [crypto, 'randomUUID'],
  [Crypto.prototype, 'randomUUID'], [AbortSignal, 'timeout', 'any'], [URL, 'canParse', 'parse'],
  [Element.prototype, 'replaceChildren', 'checkVisibility', 'setHTML', 'ariaLabel'],
  [Document.prototype, 'adoptedStyleSheets', 'replaceChildren'],
  [ShadowRoot.prototype, 'adoptedStyleSheets', 'replaceChildren'],
  [CSSStyleSheet.prototype, 'replace', 'replaceSync'], [window, 'scheduler', 'cookieStore'],
  [Response, 'json'], [HTMLElement.prototype, 'popover', 'showPopover', 'inert'],
];
for (const [holder, ...names] of gone) for (const name of names) delete holder[name];
window.CSSStyleSheet = function () { throw new TypeError('Illegal constructor') };
"""
# Newer than ES2019: an older browser refuses the whole file, loudly.
NEWER = re.compile(
    r"\?\.(?!\d)|\?\?|\|\|=|&&=|\*\*=|\.at\(|hasOwn\(|replaceAll|replaceChildren|allSettled"
    r"|structuredClone|findLast|\bstatic [#{\w]|\bimport\(|\d_\d|\d+n\b|globalThis|matchAll"
    r"|\btoSorted|queueMicrotask|randomUUID|fromEntries"
)
browser = pytest.mark.browser


@pytest.fixture
def old(visitor: Visitor) -> Visitor:
    visitor.context.add_init_script(OLD)
    return visitor


@pytest.mark.parametrize("name", ["v1", "d1", "launcher"])
def test_no_script_uses_what_the_oldest_browsers_cannot_read(name: str) -> None:
    body = dict(present())[name].body.decode()
    assert NEWER.findall(body) == []


def test_the_reading_finds_what_is_too_new() -> None:
    for piece in ("a?.b", "a??b", "Object.hasOwn(a,b)", "a.at(-1)", "a||=b", "x.replaceAll(a,b)"):
        assert NEWER.search(piece), piece
    assert not NEWER.search("a?.5:b")


@browser
def test_an_old_browser_reports_an_order_and_keeps_the_choice(old: Visitor, house: House) -> None:
    old.opens()
    old.calls("consent", True)
    old.calls("order", ORDER)
    assert house.wait_for("/w/orders") == [{"key": KEY, **ORDER}]
    assert old.cookies()["ricochet_consent"] == "1"
    assert old.saw_no_error()


@browser
@pytest.mark.parametrize("form", ["popup", "slide", "tab", "inline"])
def test_an_old_browser_shows_every_form_where_styles_are_let_in(
    house: House, shop: Shop, old: Visitor, form: str
) -> None:
    """A style element in the shadow root: drawn as everywhere, nothing of it in the page."""
    house.shown, shop.inside = [entry(form=form)], SPOT
    shop.styles = "'self' 'unsafe-inline'"
    old.opens()
    page = old.page
    if form == "tab":
        page.get_by_role("button", name=LABEL).click()
    panel = page.get_by_role("region" if form == "inline" else "dialog", name=TITLE)
    expect(panel).to_be_visible()
    main = panel.get_by_role("link", name=ACTION)
    assert main.evaluate("n => getComputedStyle(n).backgroundColor") == "rgb(31, 92, 67)"
    outside = page.get_by_text("Après")
    assert outside.evaluate("n => getComputedStyle(n).textTransform") == "uppercase"
    if form != "inline":
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
    assert old.saw_no_error()


@browser
@pytest.mark.parametrize("form", ["popup", "slide", "tab"])
def test_where_no_style_is_let_in_a_link_stands_at_the_edge(
    house: House, shop: Shop, old: Visitor, form: str
) -> None:
    """Under the shop's strict policy; it leads to the same page, and is counted."""
    house.shown, shop.inside = [entry(form=form)], "<p>Bienvenue"
    old.opens()
    link = old.page.get_by_role("link", name=LABEL)
    expect(link).to_be_visible()
    box = link.bounding_box()
    assert box and box["x"] > 640 and box["y"] > 600 and box["height"] >= 44
    assert link.get_attribute("href") == SHOW["url"]
    assert link.get_attribute("rel") == "noopener"
    assert link.evaluate("n => getComputedStyle(n).color") == "rgb(255, 255, 255)"
    assert [body["what"] for body in house.wait_for("/w/d1")] == ["shown"]
    link.evaluate("n => { n.removeAttribute('href'); n.click() }")
    assert [body["what"] for body in house.wait_for("/w/d1", 2)] == ["shown", "followed"]
    assert old.saw_no_error()


@browser
@pytest.mark.parametrize("inside", ["", '<a href="http://127.0.0.1:9/o/automne">Jouez</a>'])
def test_where_no_style_is_let_in_the_spot_holds_its_link(
    house: House, shop: Shop, old: Visitor, inside: str
) -> None:
    """Also one that was placed before the line had a link of its own."""
    house.shown = [entry(form="inline")]
    shop.inside = SPOT.replace("></div>", f">{inside}</div>")
    old.opens()
    link = old.page.get_by_role("link")
    expect(link).to_have_text("Jouez" if inside else TITLE)
    expect(link).to_have_count(1)
    expect(old.page.locator(HOST)).to_have_count(0)
    assert [body["what"] for body in house.wait_for("/w/d1")] == ["shown"]
    assert old.saw_no_error()


@browser
@pytest.mark.parametrize("styles", ["'self'", "'self' 'unsafe-inline'"])
def test_an_old_browser_has_the_launcher(
    house: House, shop: Shop, old: Visitor, styles: str
) -> None:
    house.shown, shop.styles = [launcher.entry()], styles
    old.opens()
    name = str(launcher.SHOW["label"])
    if "inline" in styles:
        old.page.get_by_role("button", name=name).click()
        expect(old.page.get_by_role("dialog")).to_be_visible()
    else:
        link = old.page.get_by_role("link", name=name)
        expect(link).to_be_visible()
        assert link.get_attribute("href") == launcher.SHOW["url"]
    assert old.saw_no_error()


def _leaves(visitor: Visitor) -> None:
    visitor.page.evaluate(
        "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: -1}))"
    )


@browser
@pytest.mark.parametrize(
    ("when", "act"),
    [
        ("delay", lambda _visitor: None),
        ("scroll", lambda visitor: visitor.page.mouse.wheel(0, 3000)),
        ("exit", _leaves),
    ],
)
@pytest.mark.parametrize("lacking", ["attachShadow", "append", "getBoundingClientRect"])
def test_whatever_fails_later_is_never_uncaught_in_the_page(
    house: House,
    shop: Shop,
    visitor: Visitor,
    when: str,
    act: Callable[[Visitor], None],
    lacking: str,
) -> None:
    """S9: after a delay, a scroll, on leaving; also what runs again and again from then on."""
    house.shown = [entry(when=when, after=1 if when == "delay" else 50)]
    shop.inside = "<p>Bienvenue<div class=long></div>"
    visitor.opens()
    visitor.until(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('/w/d1.'))"
    )
    visitor.page.wait_for_timeout(200)
    visitor.page.evaluate(
        "(name) => { window.tried = 0; Element.prototype[name] ="
        " () => { tried += 1; throw new Error('not here') } }",
        lacking,
    )
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    act(visitor)
    visitor.until("tried > 0")
    visitor.page.wait_for_timeout(1200)
    assert visitor.saw_no_error()
