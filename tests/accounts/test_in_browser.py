"""The pages of accounts in a real browser: policy, focus, dialogs, and two hosts."""

import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import Role
from tenants.models import Tenant
from tests.accounts.conftest import PASSWORD, member
from tests.fixtures.tenants import host_of

pytestmark = pytest.mark.browser


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(settings: Settings) -> Iterator[WSGIServer]:
    """Ricochet on a port of its own; links in pages and emails know it."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def log_in(page: Page, server: WSGIServer, tenant: Tenant, path: str) -> None:
    page.goto(f"http://{host_of(tenant)}:{server.server_port}{path}")
    page.get_by_label("Adresse e-mail").fill("camille@exemple.fr")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def test_an_owner_logs_in_invites_and_removes(
    make_live_merchant: Callable[[str], Tenant], server: WSGIServer, page: Page
) -> None:
    """R27, B2, B8, B10: our cookies are kept on http://*.localhost, and no policy is broken."""
    tenant = make_live_merchant("galets")
    member(tenant, "Camille", Role.OWNER)
    member(tenant, "Hugo", Role.MANAGER)
    page.goto(f"http://{host_of(tenant)}:{server.server_port}/reglages/equipe")
    page.get_by_label("Adresse e-mail").fill("camille@exemple.fr")
    page.get_by_label("Mot de passe").fill("pas celui-ci du tout")
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_title("Erreur : Connexion · Galets · Ricochet")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Adresse e-mail")).to_have_value("camille@exemple.fr")

    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Équipe")

    page.get_by_label("Adresse e-mail").fill("lou@exemple.fr")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text("Invitation envoyée à lou@exemple.fr.")).to_be_visible()
    expect(page.get_by_role("table", name="Invitations en attente")).to_contain_text("lou@")

    page.get_by_role("link", name="Retirer Hugo Test").click()
    dialog = page.get_by_role("dialog", name="Retirer Hugo Test de l’équipe ?")
    expect(dialog.get_by_role("button", name="Garder dans l’équipe")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Retirer Hugo Test")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Retirer de l’équipe").click()
    expect(page.get_by_text("Hugo Test ne fait plus partie de l’équipe.")).to_be_visible()
    expect(page.get_by_role("table", name="Membres")).not_to_contain_text("Hugo")
    # A refused log-in is a 422, which a browser reports; nothing else went wrong.
    assert [t for t in page.troubles if "422" not in t] == []


def test_a_person_changes_tenant_across_two_hosts(
    make_live_merchant: Callable[[str], Tenant], server: WSGIServer, page: Page
) -> None:
    """R29: `form-action 'self'` stays as strict as it is, and each host has its own session."""
    here, there = make_live_merchant("galets"), make_live_merchant("ricochets")
    member(here, "Camille", Role.OWNER)
    member(there, "Camille", Role.VIEWER)
    log_in(page, server, here, "/compte")
    page.locator("summary.switcher-face").click()
    page.get_by_role("button", name="Ricochets").click()
    page.get_by_role("button", name="Ouvrir").click()
    page.wait_for_url(f"http://{host_of(there)}:{server.server_port}/")
    page.goto(f"http://{host_of(there)}:{server.server_port}/compte")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    sessions = page.get_by_role("table", name="Sessions ouvertes")
    expect(sessions).to_contain_text("Galets")
    expect(sessions).to_contain_text("Ricochets")
    cookies = {c["domain"] for c in page.context.cookies() if c["name"] == "__Host-session"}
    assert cookies == {host_of(here), host_of(there)}


def test_no_page_scrolls_sideways(
    make_live_merchant: Callable[[str], Tenant],
    server: WSGIServer,
    new_page: Callable[..., Page],
) -> None:
    """B12."""
    tenant = make_live_merchant("galets")
    member(tenant, "Camille", Role.OWNER)
    member(tenant, "Marie-Antoinette-Charlotte", Role.MANAGER)
    page = new_page()
    origin = f"http://{host_of(tenant)}:{server.server_port}"
    page.goto(f"{origin}/connexion")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    log_in(page, server, tenant, "/compte")
    for path in ("/compte", "/reglages/equipe", "/compte/deux-etapes", "/compte/mot-de-passe"):
        page.goto(f"{origin}{path}")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
