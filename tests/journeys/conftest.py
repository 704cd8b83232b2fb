"""Browsers of several people at once, with a picture of each when a journey fails."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from deploy.local.processes import ROOT
from deploy.local.stack import Stack
from tests.fixtures.outside import Shop

_PICTURES = ROOT / "tests" / ".output" / "journeys"
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
