"""Two brands meet in a real Chromium: added, agreed, entered, upgraded; and nothing for axe."""

import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import Invitation
from accounts.tokens import token_for
from tenants.models import Tenant
from tests.fixtures.tenants import host_of
from tests.partnerships.conftest import PASSWORD, owner_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port(live_merchant: Tenant, settings: Settings) -> Iterator[int]:
    owner_of(live_merchant, "claire@maison-lumen.fr")
    server: WSGIServer = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    Tenant.objects.filter(partner_only=True).delete()
    Tenant.objects.filter(slug="brulerie-noe").delete()


def at(tenant: Tenant, port: int, path: str) -> str:
    return f"http://{host_of(tenant)}:{port}{path}"


def log_in(page: Page) -> None:
    page.get_by_label("Adresse e-mail").fill("claire@maison-lumen.fr")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def look(page: Page) -> None:
    """B11, B12: nothing for axe, no sideways scroll."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    assert [(page.url, v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320)])
def test_two_brands_meet(
    live_merchant: Tenant, port: int, new_page: Callable[..., Page], theme: str, width: int
) -> None:
    """PA-03, PA-04, PA-14, B10: by keyboard where it matters, under the strict policy."""
    lumen = live_merchant
    page = new_page(color_scheme=theme, viewport={"width": width, "height": 900})
    page.goto(at(lumen, port, "/partenariats"))
    log_in(page)
    look(page)
    page.goto(at(lumen, port, "/partenariats/ajouter"))
    code, name = page.get_by_label("Code partenaire"), page.get_by_label("Nom de la marque")
    # The frequent case is open; the button says what it does in each.
    expect(name).to_be_visible()
    expect(code).to_be_hidden()
    page.get_by_role("radio", name="Non, ou je ne sais pas").focus()
    page.keyboard.press("ArrowUp")
    expect(code).to_be_visible()
    expect(name).to_be_hidden()
    expect(page.get_by_role("button", name="Proposer le partenariat")).to_be_visible()
    look(page)
    page.keyboard.press("ArrowDown")
    expect(code).to_be_hidden()
    name.fill("Brûlerie Noé")
    page.get_by_label("Adresse e-mail").fill("nora@brulerie-noe.fr")
    look(page)
    page.get_by_role("button", name="Inviter ce partenaire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accord de partenariat")
    look(page)
    page.get_by_role("button", name="Accepter l’accord").click()
    expect(page.get_by_text("Il manque celui de Brûlerie Noé")).to_be_visible()
    expect(page.get_by_role("button", name="Renvoyer l’invitation")).to_be_visible()
    look(page)
    for path in ("/partenariats", "/partenariats/code", "/partenariats/code/renouveler"):
        page.goto(at(lumen, port, path))
        look(page)
    assert page.troubles == []  # type: ignore[attr-defined]

    noe = Tenant.objects.get(slug="brulerie-noe")
    invitation = Invitation.objects.get(tenant_id=noe.id)
    theirs = new_page(color_scheme=theme, viewport={"width": width, "height": 900})
    theirs.goto(at(noe, port, f"/invitation/{token_for(invitation.id, invitation.version)}"))
    theirs.get_by_label("Prénom").fill("Nora")
    theirs.get_by_label("Nom", exact=True).fill("Carpentier")
    theirs.get_by_label("Mot de passe").fill(PASSWORD)
    theirs.get_by_role("button", name="Ouvrir mon espace").click()
    expect(theirs.get_by_role("heading", name="Accord de partenariat", level=1)).to_be_visible()
    look(theirs)
    theirs.get_by_label("Votre politique de confidentialité").fill("https://noe.example/donnees")
    theirs.get_by_role("button", name="Accepter l’accord").click()
    expect(theirs.get_by_text("Le partenariat avec Live Lumen est actif.")).to_be_visible()
    for path in ("/reglages", "/offre", "/reglages/equipe"):
        theirs.goto(at(noe, port, path))
        look(theirs)
    theirs.goto(at(noe, port, "/offre"))
    theirs.get_by_role("link", name="Essayer Growing").click()
    look(theirs)
    theirs.get_by_role("button", name="Essayer Growing").click()
    expect(theirs.get_by_text("Votre back-office est complet.")).to_be_visible()
    expect(theirs.get_by_role("link", name="Clients").first).to_be_attached()
    assert theirs.troubles == []  # type: ignore[attr-defined]
