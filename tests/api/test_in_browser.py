"""The documentation in a real browser, under the strict policy."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Page, expect

from config.wsgi import application
from tenants.models import Tenant
from tests.fixtures.tenants import host_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("api-browser")]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(live_merchant: Tenant) -> Iterator[str]:
    """A committed merchant's address, on a port of its own."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(application)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://{host_of(live_merchant)}:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_reference_is_drawn_within_the_policy(
    address: str, new_page: Callable[..., Page]
) -> None:
    """Every address is there; no error, and nothing that the policy blocked."""
    for width in (1280, 390):
        page = new_page(viewport={"width": width, "height": 900})
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"{address}/api/docs")
        described = page.evaluate("fetch('/api/v1/openapi.json').then((answer) => answer.json())")
        every = sum(len(methods) for methods in described["paths"].values())
        expect(page.locator(".opblock")).to_have_count(every)
        expect(page.locator(".opblock-summary-description").first).to_be_visible()
        page.locator(".opblock-summary-description", has_text="Envoyer une commande").click()
        expect(page.locator(".parameter__name", has_text="Idempotency-Key")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert all(url.startswith((address, "data:", "blob:")) for url in asked)
        assert page.troubles == []  # type: ignore[attr-defined]


def test_a_doc_url_leads_to_its_line(address: str, page: Page) -> None:
    """D5."""
    page.goto(f"{address}/api/docs/errors#refund_too_large")
    expect(page.locator("#refund_too_large")).to_be_in_viewport()
    assert page.troubles == []  # type: ignore[attr-defined]
