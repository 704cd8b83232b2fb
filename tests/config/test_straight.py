"""What goes straight to its view is answered like everything else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from widgets.links import views as links

BROWSER = {"Accept": "text/html", "Accept-Language": "fr"}
_HEADERS = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Request-Id",
    "Content-Language",
    "Content-Length",
)

ClientFor = Callable[..., TenantClient]


@pytest.mark.parametrize("path", ["/r/NOBODY-1234", "/api/v1/orders"])
def test_a_straight_answer_has_the_headers_of_every_page(
    merchant: Tenant, client_for: ClientFor, path: str
) -> None:
    client = client_for(merchant)
    straight, page = client.get(path, headers=BROWSER), client.get("/healthz")
    missing = [name for name in _HEADERS if name not in straight.headers]
    assert missing == []
    for name in ("X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options"):
        assert straight.headers[name] == page.headers[name]
    assert not straight.cookies


def test_a_straight_request_has_no_session_and_no_user(
    merchant: Tenant, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    original = links._visit

    def spy(request: Any, code: str) -> Any:
        seen.append((hasattr(request, "session"), hasattr(request, "user")))
        return original(request, code)

    monkeypatch.setattr(links, "_visit", spy)
    client_for(merchant).get("/r/NOBODY-1234")
    assert seen == [(False, False)]


def test_an_address_that_leads_nowhere_gets_the_page_that_says_so(
    merchant: Tenant, client_for: ClientFor
) -> None:
    answer = client_for(merchant).get("/r/A/B/C", headers=BROWSER)
    assert answer.status_code == 404
    assert "Il n’y a rien à cette adresse" in answer.content.decode()


def test_a_method_that_a_link_does_not_take_gets_a_page(
    merchant: Tenant, client_for: ClientFor
) -> None:
    answer = client_for(merchant).post("/r/NOBODY-1234", headers=BROWSER)
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert "Cette adresse ne s’ouvre pas ainsi" in answer.content.decode()


def test_a_database_that_is_away_is_said_on_a_page(
    merchant: Tenant, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(links, "_visit", fail)
    answer = client_for(merchant).get("/r/NOBODY-1234", headers=BROWSER)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_the_platforms_own_host_has_no_straight_addresses(db: None, client_for: ClientFor) -> None:
    assert client_for(None).get("/r/NOBODY-1234", headers=BROWSER).status_code == 404
