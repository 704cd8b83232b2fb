"""A report that our server had no room for, or did not hear, is sent again and never for long."""

import json
import time

import pytest

from tests.widgets.conftest import Visitor
from tests.widgets.origins import KEY, House, Shop

pytestmark = pytest.mark.browser

ORDER = {"id": "LUM-1", "amount": 8400, "currency": "EUR", "email": "lea@example.com"}
KEPT = "sessionStorage.getItem('ricochet_late')"


def test_a_busy_server_is_asked_again_when_it_says(visitor: Visitor, house: House) -> None:
    """Retry-After, not sooner; once it was taken, no more."""
    visitor.opens()
    house.mood = "busy"
    began = time.monotonic()
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders")
    house.mood = "well"
    assert house.wait_for("/w/orders", 2) == [{"key": KEY, **ORDER}] * 2
    assert time.monotonic() - began >= 1.9
    visitor.page.wait_for_timeout(2500)
    assert len(house.on("/w/orders")) == 2
    assert visitor.saw_no_error()


def test_a_server_that_stays_busy_is_asked_three_times(visitor: Visitor, house: House) -> None:
    visitor.opens()
    house.mood, house.retry_after = "busy", "1"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders", 3)
    visitor.page.wait_for_timeout(2500)
    assert len(house.on("/w/orders")) == 3
    assert visitor.saw_no_error()


@pytest.mark.parametrize(("said", "waits"), [("86400", 60), ("never", 30), ("0", 30)])
def test_no_answer_makes_it_wait_longer_than_a_minute(
    visitor: Visitor, house: House, said: str, waits: int
) -> None:
    visitor.context.add_init_script(
        "window.pauses = []; const sleep = setTimeout;"
        " window.setTimeout = (act, pause, ...more) => {"
        " pauses.push(pause); return sleep(act, Math.min(pause, 50), ...more) }"
    )
    visitor.opens()
    house.mood, house.retry_after = "busy", said
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders", 3)
    assert visitor.page.evaluate("pauses") == [waits * 1000] * 2


@pytest.mark.parametrize("mood", ["busy", "broken", "hang up"])
def test_with_consent_it_is_sent_again_from_a_later_page(
    visitor: Visitor, house: House, shop: Shop, mood: str
) -> None:
    """D8: kept in this tab only, for a day, and gone once it was taken."""
    shop.attributes = 'data-consent="granted"'
    visitor.opens("/merci")
    house.wait_for("/w/seen")
    house.mood, house.retry_after = mood, "60"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders")
    visitor.until(KEPT)
    [(kept, until)] = json.loads(visitor.page.evaluate(KEPT)).items()
    assert kept.startswith("orders{")
    assert until - visitor.page.evaluate("Date.now()") == pytest.approx(86_400_000, abs=60_000)
    visitor.page.goto(f"{shop.url}/lampes")
    house.mood = "well"
    house.posts.clear()
    visitor.opens("/cafes")
    assert house.wait_for("/w/orders")[0] == {"key": KEY, **ORDER}
    visitor.until(f"{KEPT} === null")
    visitor.opens("/")
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate(KEPT) is None
    assert visitor.saw_no_error()


def test_without_consent_nothing_of_it_is_kept(visitor: Visitor, house: House) -> None:
    """D8: a withdrawal takes away what was kept before, too."""
    visitor.opens()
    house.mood = "busy"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders")
    visitor.page.wait_for_timeout(300)
    assert visitor.stored() == []
    visitor.calls("consent", True)
    visitor.calls("order", {**ORDER, "id": "LUM-2"})
    visitor.until(KEPT)
    visitor.calls("consent", False)
    assert visitor.page.evaluate(KEPT) is None
    assert visitor.saw_no_error()


def test_what_was_kept_too_long_is_not_sent(visitor: Visitor, house: House, shop: Shop) -> None:
    shop.attributes = 'data-consent="granted"'
    visitor.opens()
    visitor.page.evaluate(
        """() => sessionStorage.setItem('ricochet_late', JSON.stringify({'orders{"id":"1"}': 1}))"""
    )
    visitor.opens()
    visitor.page.wait_for_timeout(300)
    assert house.on("/w/orders") == []
    assert visitor.page.evaluate(KEPT) is None


def test_a_report_that_was_refused_is_not_sent_again(
    visitor: Visitor, house: House, shop: Shop
) -> None:
    """It would be refused each time."""
    shop.attributes = 'data-consent="granted"'
    visitor.opens()
    house.mood = "refuses"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders")
    visitor.page.wait_for_timeout(300)
    visitor.calls("order", ORDER)
    visitor.opens("/lampes")
    visitor.page.wait_for_timeout(300)
    assert len(house.on("/w/orders")) == 1


def test_a_page_that_reports_again_what_was_not_taken_is_heard(
    visitor: Visitor, house: House
) -> None:
    """A shop of one page: the thank-you view is opened twice without a load."""
    visitor.opens()
    house.mood, house.retry_after = "busy", "1"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders", 3)
    visitor.page.wait_for_timeout(300)
    house.mood = "well"
    visitor.calls("order", ORDER)
    house.wait_for("/w/orders", 4)
    visitor.page.wait_for_timeout(300)
    visitor.calls("order", ORDER)
    visitor.page.wait_for_timeout(300)
    assert len(house.on("/w/orders")) == 4
