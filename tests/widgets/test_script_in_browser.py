"""The script in a real browser, on a shop of another site, under a strict policy with SRI."""

from collections.abc import Callable

import pytest

from tests.widgets.conftest import Visitor
from tests.widgets.origins import CLICK, KEY, LANDING, House, Shop

pytestmark = pytest.mark.browser

ORDER = {"id": "LUM-1", "amount": 8400, "currency": "EUR", "email": "lea@example.com"}
REFERRAL = f"{CLICK}.CAMILLE-D7"
OTHER_CLICK = "018f3c7a-9999-7d3e-8f40-5162738495a6"


def test_nothing_is_stored_or_sent_before_consent(visitor: Visitor, house: House) -> None:
    """D8: a click, an order, a second page: the browser keeps nothing, and no click id leaves."""
    visitor.opens(LANDING)
    visitor.calls("order", ORDER)
    sent = house.wait_for("/w/orders")
    assert visitor.stored() == []
    assert sent == [{"key": KEY, **ORDER}]
    visitor.opens("/lampes")
    assert visitor.stored() == []
    assert house.on("/w/seen") == []
    assert visitor.saw_no_error()


def test_a_click_is_kept_once_consent_comes_on_the_same_page(visitor: Visitor) -> None:
    """SP-17, D8: held in memory until then; the choice itself is remembered for six months."""
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies()}
    assert cookies["ricochet_ref"]["value"] == REFERRAL
    assert cookies["ricochet_ref"]["sameSite"] == "Lax"
    assert cookies["ricochet_ref"]["path"] == "/"
    now = visitor.page.evaluate("Date.now() / 1000")
    assert cookies["ricochet_ref"]["expires"] - now == pytest.approx(30 * 86400, abs=60)
    assert cookies["ricochet_consent"]["value"] == "1"
    assert cookies["ricochet_consent"]["expires"] - now == pytest.approx(182 * 86400, abs=60)


def test_the_order_carries_click_and_code_on_a_later_visit(visitor: Visitor, house: House) -> None:
    """SP-17: the cookie follows the referee to the order."""
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    visitor.opens("/merci")
    visitor.calls("order", ORDER)
    assert house.wait_for("/w/orders") == [{"key": KEY, **ORDER, "visitor": REFERRAL}]


def test_a_code_that_was_typed_travels_beside_the_cookie(visitor: Visitor, house: House) -> None:
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    visitor.calls("order", {**ORDER, "code": "NADIA-4"})
    [sent] = house.wait_for("/w/orders")
    assert (sent["code"], sent["visitor"]) == ("NADIA-4", REFERRAL)


def test_a_new_click_replaces_the_cookie_and_a_bare_ref_does_not(visitor: Visitor) -> None:
    """SP-17: `?ref=newsletter` of another tool must not cost a referrer their reward."""
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    visitor.opens(f"/?ref=NADIA-4&rc={OTHER_CLICK}")
    assert visitor.cookies()["ricochet_ref"] == f"{OTHER_CLICK}.NADIA-4"
    visitor.opens("/?ref=newsletter")
    assert visitor.cookies()["ricochet_ref"] == f"{OTHER_CLICK}.NADIA-4"


def test_a_bare_code_in_the_address_is_applied(visitor: Visitor, house: House) -> None:
    """FS-13: `…?ref=CODE` applies the code by itself."""
    visitor.opens("/?ref=CAMILLE-D7")
    visitor.calls("consent", True)
    visitor.opens("/merci")
    assert visitor.page.evaluate("readyState") == {"consent": True, "code": "CAMILLE-D7"}
    visitor.calls("order", ORDER)
    assert house.wait_for("/w/orders") == [{"key": KEY, **ORDER, "visitor": ".CAMILLE-D7"}]


@pytest.mark.parametrize(
    "address",
    [
        "/?ref=%3Cscript%3E&rc=1",
        "/?ref=a;b=c&rc=" + CLICK,
        "/?rc=",
        "/?ref=CAMILLE-D7&rc=another-tools-id",
    ],
)
def test_an_address_that_is_no_landing_stores_nothing(visitor: Visitor, address: str) -> None:
    visitor.opens(address)
    visitor.calls("consent", True)
    assert "ricochet_ref" not in visitor.cookies()
    assert visitor.saw_no_error()


def test_withdrawing_removes_the_cookies_and_is_remembered(visitor: Visitor, house: House) -> None:
    """D8: the refusal outweighs what the tag says on later pages."""
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    house.wait_for("/w/seen")
    visitor.until("document.cookie.includes('ricochet_seen')")
    visitor.calls("consent", False)
    assert visitor.cookies() == {"ricochet_consent": "0"}
    visitor.shop.attributes = 'data-consent="granted"'
    visitor.opens(LANDING)
    assert visitor.page.evaluate("readyState.consent") is False
    assert visitor.cookies() == {"ricochet_consent": "0"}
    visitor.calls("order", ORDER)
    assert house.wait_for("/w/orders") == [{"key": KEY, **ORDER}]


def test_a_shop_that_asked_already_says_so_on_the_tag(visitor: Visitor, shop: Shop) -> None:
    shop.attributes = 'data-consent="granted" data-days="7"'
    visitor.opens(LANDING)
    [cookie] = [c for c in visitor.context.cookies() if c["name"] == "ricochet_ref"]
    now = visitor.page.evaluate("Date.now() / 1000")
    assert cookie["value"] == REFERRAL
    assert cookie["expires"] - now == pytest.approx(7 * 86400, abs=60)
    assert "ricochet_consent" not in visitor.cookies()


def test_a_cookie_is_not_looked_at_once_consent_has_lapsed(visitor: Visitor, house: House) -> None:
    """D8: the choice is remembered six months; after that the visitor is asked again."""
    visitor.context.add_cookies(
        [{"name": "ricochet_ref", "value": REFERRAL, "url": visitor.shop.url}]
    )
    visitor.opens()
    assert visitor.page.evaluate("readyState") == {"consent": None, "code": ""}
    visitor.calls("order", ORDER)
    assert house.wait_for("/w/orders") == [{"key": KEY, **ORDER}]
    visitor.calls("consent", True)
    visitor.calls("order", {**ORDER, "id": "LUM-2"})
    assert house.wait_for("/w/orders", 2)[1]["visitor"] == REFERRAL


@pytest.mark.parametrize("value", ["yes", 1, None, {"ok": True}])
def test_only_true_gives_consent(visitor: Visitor, value: object) -> None:
    visitor.opens(LANDING)
    visitor.calls("consent", value)
    assert visitor.stored() == []


def test_an_order_is_reported_once_for_each_page(visitor: Visitor, house: House) -> None:
    """A double click, or a thank-you page that calls twice; the server deals with reloads."""
    visitor.opens()
    visitor.calls("order", {**ORDER, "id": 7})
    visitor.calls("order", {**ORDER, "id": "7"})
    visitor.calls("order", {**ORDER, "id": "8"})
    sent = house.wait_for("/w/orders", 2)
    visitor.page.wait_for_timeout(300)
    assert [body["id"] for body in sent] == ["7", "8"]
    assert len(house.on("/w/orders")) == 2


def test_an_account_is_reported_with_its_own_fields_only(visitor: Visitor, house: House) -> None:
    """What the shop passes by mistake (a password) stays in its page; no preflight is needed."""
    visitor.opens()
    visitor.calls(
        "account", {"email": "lea@example.com", "first_name": "Léa", "password": "x", "code": ""}
    )
    assert house.wait_for("/w/accounts") == [
        {"key": KEY, "email": "lea@example.com", "first_name": "Léa"}
    ]
    assert [path for path, _ in house.posts] == ["/w/accounts"]
    assert "Cookie" not in house.headers[0]
    assert house.headers[0]["Content-Type"].startswith("text/plain")
    assert house.headers[0]["Referer"] == visitor.shop.url + "/"


def test_calls_made_before_the_script_arrives_are_kept(visitor: Visitor, house: House) -> None:
    """The queue of the snippet; each call is served once, in order."""
    visitor.context.add_init_script(
        """window.ricochet = function () { (ricochet.q = ricochet.q || []).push(arguments) };
           ricochet('consent', true); ricochet('order', {id: 'Q', amount: 1, currency: 'EUR'});"""
    )
    visitor.opens(LANDING)
    [sent] = house.wait_for("/w/orders")
    assert (sent["id"], sent["visitor"]) == ("Q", REFERRAL)
    visitor.page.wait_for_timeout(200)
    assert len(house.on("/w/orders")) == 1


def test_the_script_greets_once_a_day_and_says_only_where_it_is(
    visitor: Visitor, house: House
) -> None:
    """O3: the merchant's checklist is ticked by this; the address comes without its query."""
    visitor.opens("/?ref=x&email=lea@example.com")
    visitor.calls("consent", True)
    assert house.wait_for("/w/seen") == [{"key": KEY, "url": visitor.shop.url + "/"}]
    visitor.until("document.cookie.includes('ricochet_seen')")
    visitor.opens("/lampes")
    visitor.page.wait_for_timeout(200)
    assert len(house.on("/w/seen")) == 1


def test_debug_shows_what_is_stored_and_sent(
    visitor: Visitor, house: House, console: Callable[[], str]
) -> None:
    visitor.opens(LANDING)
    visitor.calls("consent", True)
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders")
    assert console() == ""
    visitor.calls("debug")
    visitor.page.wait_for_timeout(100)
    for words in ("stored ricochet_ref " + REFERRAL, "send orders", "answer 202", "state"):
        assert words in console()
