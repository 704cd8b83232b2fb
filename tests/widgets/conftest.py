"""A shop, a double of our server, and a browser that visits."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.widgets.origins import House, Shop
from tests.widgets.reports import report, site  # noqa: F401
from tests.widgets.signing import NOW, SHOP
from widgets.models import ShopKey
from widgets.shop_login import keys
from widgets.tracker.services import register_site


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.stop()


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    shop = Shop(house)
    yield shop
    shop.stop()


@pytest.fixture
def key(merchant: Tenant) -> tuple[ShopKey, str]:
    """The shop of the merchant, with a key of its own and its secret."""
    register_site(url=SHOP, now=NOW)
    return keys.create_key(name="Boutique", now=NOW)


@pytest.fixture
def camille(merchant: Tenant) -> Profile:
    return profiles.create(
        now=NOW, source="manual", email="camille@exemple.fr", first_name="Camille"
    )


Look = Callable[..., Page]


@pytest.fixture
def look(chromium: Browser, shop: Shop) -> Iterator[Look]:
    """`look(viewport=…)`: the shop's page in a browser of that shape."""
    contexts = []

    def make(**options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(shop.url)
        return page

    yield make
    for context in contexts:
        context.close()


@dataclass
class Visitor:
    """One browser profile in the shop. `errors` is everything that the shop's page saw go wrong."""

    context: BrowserContext
    page: Page
    shop: Shop
    errors: list[str]

    def opens(self, path: str = "/", *, loaded: bool = True) -> None:
        """Open a page of the shop, and wait until the script answers there."""
        self.page.goto(self.shop.url + path)
        if loaded:
            self.until("window.readyState")

    def until(self, expression: str, seconds: float = 10) -> None:
        """Wait for `expression`. Playwright's own way needs eval, which the shop forbids."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"not within {seconds} s: {expression}"
            self.page.wait_for_timeout(20)

    def calls(self, command: str, payload: object = None) -> None:
        self.page.evaluate("([command, payload]) => ricochet(command, payload)", [command, payload])

    def cookies(self) -> dict[str, str]:
        return {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}

    def stored(self) -> list[object]:
        """Everything that the shop's site keeps in this browser."""
        kept = self.page.evaluate(
            """async () => [document.cookie, ...Object.keys(localStorage),
               ...Object.keys(sessionStorage), ...await indexedDB.databases()]"""
        )
        return [item for item in [*kept, *self.context.cookies()] if item]

    def saw_no_error(self) -> bool:
        """The shop's own code ran, and nothing of ours was thrown into it."""
        return (
            self.page.evaluate("shopWorks") is True
            and self.page.evaluate("shopErrors") == []
            and self.errors == []
        )


@pytest.fixture
def visitor(chromium: Browser, shop: Shop) -> Iterator[Visitor]:
    context = chromium.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Visitor(context, page, shop, errors)
    context.close()


@pytest.fixture
def console(visitor: Visitor) -> Callable[[], str]:
    """What the page wrote to the console so far."""
    lines: list[str] = []
    visitor.page.on("console", lambda message: lines.append(message.text))
    return lambda: "\n".join(lines)
