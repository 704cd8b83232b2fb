"""What every page of a back office holds to, whatever it shows."""

import re

import pytest
from django.urls import Resolver404, resolve

from tests.isolation.conftest import Side
from tests.isolation.surface import address, for_whom
from tests.isolation.test_matrix import ComeAs, shown
from tests.isolation.whom import For


@pytest.fixture
def pages(lumen: Side, come_as: ComeAs) -> dict[str, tuple[int, str]]:
    """Every page of the team's, as its owner gets it: the status and the text."""
    visitor = come_as(lumen.owner, at=lumen.tenant)
    found = {}
    for name, _page in for_whom(For.MEMBER):
        response = visitor.send("get", address(name, lumen))
        found[name] = (response.status_code, shown(response))
    return found


def test_no_page_holds_a_form_within_a_form(pages: dict[str, tuple[int, str]]) -> None:
    """HTML knows no such thing: a browser drops the inner one, and its button sends the outer."""
    for name, (_status, html) in pages.items():
        depth = 0
        for tag in re.findall(r"<(/?)form\b", html):
            depth += -1 if tag else 1
            assert depth in (0, 1), name


def test_no_link_leads_to_what_only_a_button_may_send(pages: dict[str, tuple[int, str]]) -> None:
    """A visit of such an address is an error page: whoever followed the link had done no wrong."""
    posted = {name for name, (status, _html) in pages.items() if status == 405}
    assert posted
    for name, (_status, html) in pages.items():
        for path in re.findall(r'<a [^>]*href="(/[^"?#]*)', html):
            try:
                leads_to = resolve(path).view_name
            except Resolver404:
                continue  # the shop's or a file
            assert leads_to not in posted, (name, path)
