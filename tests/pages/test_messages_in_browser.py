"""The editor of an email in a real Chromium: the preview follows what is typed; nothing runs."""

import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import Role
from accounts.services import create_member
from tenants.models import Tenant
from tests.fixtures.tenants import host_of
from tests.pages.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]
PAGES = (
    "/messages",
    "/messages/textes/invitation/fr",
    "/messages/presentation",
    "/messages/envoyes",
)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def origin(live_merchant: Tenant, settings: Settings) -> Iterator[str]:
    create_member(
        email="claire@maison-lumen.fr",
        first_name="Claire",
        last_name="Test",
        password=PASSWORD,
        tenant_id=live_merchant.id,
        role=Role.MANAGER,
        now=timezone.now(),
    )
    server: WSGIServer = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://{host_of(live_merchant)}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def logged_in(origin: str, new_page: Callable[..., Page]) -> Callable[..., Page]:
    def make(**options: object) -> Page:
        page = new_page(**options)
        page.goto(f"{origin}/connexion")
        page.get_by_label("E-mail").fill("claire@maison-lumen.fr")
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{origin}/")
        return page

    return make


def test_the_preview_follows_what_is_typed(logged_in: Callable[..., Page], origin: str) -> None:
    """The frame is a document of its own: styled, sandboxed, and without a script."""
    page = logged_in()
    page.goto(f"{origin}/messages/textes/reward_posted/fr")
    letter = page.frame_locator("iframe[name=letter-preview]")
    expect(letter.get_by_role("heading")).to_have_text("8,00 € sont disponibles")
    body = page.locator("#letter textarea")
    evil = "# Nouveau titre\n\n<script>document.title='run'</script>"
    body.fill(evil)
    expect(letter.get_by_role("heading")).to_have_text("Nouveau titre")
    expect(letter.locator("p").first).to_contain_text("<script>")
    page.get_by_role("button", name="Prénom du lecteur").click()
    expect(body).to_have_value(
        "# Nouveau titre\n\n<script>document.title='run'</script>{{ first_name }}"
    )
    expect(letter.locator("p").first).to_contain_text("Camille")
    body.fill("{% for x in amount %}")
    expect(page.locator("#preview-words")).to_contain_text("répète un texte")
    body.fill("# Enfin\n\nVos {{ amount }}.")
    page.get_by_role("region", name="Aperçu").get_by_text("Sombre").click()
    expect(letter.locator(".sheet").first).to_have_css("background-color", "rgb(20, 29, 30)")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Version 1", exact=True)).to_be_visible()
    assert page.troubles == []  # type: ignore[attr-defined]


def test_axe_finds_nothing_on_the_pages_about_messages(
    logged_in: Callable[..., Page], origin: str
) -> None:
    """B11, B12: both themes, 320 px without a sideways scroll."""
    for theme, width in (("light", 1280), ("dark", 320)):
        page = logged_in(color_scheme=theme, viewport={"width": width, "height": 900})
        for path in PAGES:
            page.goto(origin + path)
            page.wait_for_load_state("networkidle")
            found = Axe().run(page).response["violations"]
            assert [(path, v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.troubles == []  # type: ignore[attr-defined]
