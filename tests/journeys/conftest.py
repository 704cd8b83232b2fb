"""Browsers of several people at once, with a picture of each when a journey fails."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.local.processes import ROOT
from deploy.local.stack import Stack
from tests.fixtures.outside import Shop

_PICTURES = ROOT / "tests" / ".output" / "journeys"
NB = "[\u00a0\u202f ]"
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Note for the fixture below that the journey failed."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture
def person(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """`person("Camille")`: a page in a browser of her own. Pictures are left where it fails."""
    open_now: dict[str, BrowserContext] = {}

    def make(name: str) -> Page:
        context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(20_000)
        open_now[name] = context
        return context.new_page()

    yield make
    for name, context in open_now.items():
        if request.node.stash.get(_failed, False):
            _PICTURES.mkdir(parents=True, exist_ok=True)
            for number, page in enumerate(context.pages):
                page.screenshot(path=_PICTURES / f"{name}-{number}.png", full_page=True)
        context.close()


@pytest.fixture
def world(stack: Stack) -> Shop:
    """The demo merchant, seen from outside."""
    return Shop(stack)


def plain(text: str) -> str:
    """A page's text with ordinary spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def money(text: str) -> re.Pattern[str]:
    """`8,00 €`, whatever its spaces."""
    return re.compile(re.escape(text).replace("\\ ", NB))


def newest_link(world: Shop, email: str, start: str) -> str:
    """The link of this kind in the newest email to somebody, once it has come."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for mail in world.stack.mails(to=email):
            for link in mail["links"]:
                if start in link:
                    return str(link)
        time.sleep(0.3)
    raise AssertionError(f"no email with {start} came to {email}")


def open_space(page: Page, world: Shop, home: str, email: str, name: str) -> None:
    """Ask for a link, read the email, follow it."""
    page.goto(f"{home}/espace")
    page.get_by_label("Adresse e-mail").fill(email)
    page.locator("main form").first.get_by_role("button").click()
    expect(page.get_by_role("heading", name="Regardez vos e-mails")).to_be_visible()
    page.goto(newest_link(world, email, "/espace/entrer/"))
    page.get_by_role("button", name="Ouvrir ma cagnotte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Bonjour {name}")


def until_shown(page: Page, words: re.Pattern[str], *, seconds: float = 40) -> None:
    """Reload until the page says so: a worker is at it."""
    deadline = time.monotonic() + seconds
    while not words.search(plain(page.locator("main").inner_text())):
        assert time.monotonic() < deadline, f"{words.pattern} did not appear"
        time.sleep(0.5)
        page.reload()
