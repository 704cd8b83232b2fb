"""The script in a page that is not ours: it breaks nothing, whatever breaks."""

import pytest

from tests.widgets.conftest import Visitor
from tests.widgets.origins import CLICK, KEY, LANDING, House

pytestmark = pytest.mark.browser

ORDER = {"id": "LUM-1", "amount": 8400, "currency": "EUR", "email": "lea@example.com"}
REFERRAL = f"{CLICK}.CAMILLE-D7"


def test_the_shop_works_when_our_server_is_down(visitor: Visitor, house: House) -> None:
    """S9: the script never comes; the calls wait in the snippet's queue and hurt nobody."""
    house.stop()
    visitor.opens(LANDING, loaded=False)
    visitor.calls("order", ORDER)
    assert visitor.saw_no_error()
    assert visitor.stored() == []
    house.__post_init__()  # so that the fixture has something to stop


@pytest.mark.parametrize("mood", ["broken", "garbage", "hang up"])
def test_the_shop_sees_no_error_when_our_server_fails(
    visitor: Visitor, house: House, mood: str
) -> None:
    """S9: 500, noise or a cut line: tried once more, then as a beacon, and never thrown."""
    visitor.opens()
    house.mood = mood
    visitor.calls("order", ORDER)
    sent = house.wait_for("/w/orders", 3)
    assert sent[:3] == [{"key": KEY, **ORDER}] * 3
    visitor.page.wait_for_timeout(200)
    assert visitor.saw_no_error()


def test_a_short_failure_is_made_good_by_the_second_try(visitor: Visitor, house: House) -> None:
    visitor.opens()
    house.mood = "hang up"
    visitor.calls("order", ORDER)
    tries = len(house.wait_for("/w/orders"))
    house.mood = "well"
    house.wait_for("/w/orders", tries + 1)
    visitor.page.wait_for_timeout(300)
    assert len(house.on("/w/orders")) == tries + 1


def test_a_report_that_waits_leaves_with_the_page(visitor: Visitor, house: House) -> None:
    """The customer closes the thank-you page between the first try and the second."""
    visitor.opens()
    house.mood = "broken"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders")
    visitor.page.wait_for_timeout(200)
    house.mood = "well"
    visitor.page.goto("about:blank")
    house.wait_for("/w/orders", 2, seconds=1.2)


def test_no_call_throws_whatever_it_is_given(visitor: Visitor) -> None:
    """S9: also with a callback that throws, and with a payload that does."""
    visitor.opens()
    thrown = visitor.page.evaluate(
        """() => {
          const evil = { get id() { throw new Error('shop bug') } };
          const loop = {}; loop.loop = loop;
          const calls = [[], [null], ['order'], ['order', null], ['order', 3], ['order', evil],
            ['order', {id: loop}], ['order', {id: 'b', amount: 10n}], ['account', undefined],
            ['consent'], ['ready', 'no function'], ['ready', () => { throw new Error('cb') }],
            ['toString'], ['__proto__', {}], ['constructor', {}], [Symbol('x')], ['debug']];
          return calls.filter((call) => {
            try { return ricochet(...call) !== undefined } catch { return true }
          }).map(String);
        }"""
    )
    assert thrown == []
    visitor.page.wait_for_timeout(100)
    assert visitor.saw_no_error()


def test_the_script_leaves_one_global_and_survives_a_second_tag(
    visitor: Visitor, house: House
) -> None:
    names = "Object.getOwnPropertyNames(window)"
    visitor.context.route("**/w/v1.js", lambda route: route.abort())
    visitor.opens(loaded=False)
    before = set(visitor.page.evaluate(names))
    visitor.context.unroute("**/w/v1.js")
    visitor.opens()
    assert set(visitor.page.evaluate(names)) - before == {"readyState"}
    visitor.page.evaluate("() => { window.first = window.ricochet }")
    loads: list[str] = []
    visitor.page.on("requestfinished", lambda request: loads.append(request.url))
    visitor.page.evaluate(
        """(src) => {
             const again = document.createElement('script');
             const policy = trustedTypes.createPolicy('test', { createScriptURL: (url) => url });
             again.src = policy.createScriptURL(src);
             again.dataset.key = 'pk_live_second';
             document.head.append(again);
           }""",
        house.url + "/w/v1.js?again",
    )
    visitor.until("performance.getEntriesByName('%s').length" % (house.url + "/w/v1.js?again"))
    visitor.page.wait_for_timeout(100)
    assert loads == [house.url + "/w/v1.js?again"]
    assert visitor.page.evaluate("window.first === window.ricochet")


def test_a_page_that_forbids_cookies_is_left_in_peace(visitor: Visitor, house: House) -> None:
    """A sandboxed frame: reading a cookie throws there; orders are reported all the same."""
    visitor.context.add_init_script(
        """Object.defineProperty(Document.prototype, 'cookie', {
             get() { throw new DOMException('no', 'SecurityError') },
             set() { throw new DOMException('no', 'SecurityError') } });"""
    )
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    visitor.calls("order", ORDER)
    [sent] = house.wait_for("/w/orders")
    assert sent["visitor"] == REFERRAL
    assert visitor.saw_no_error()
