"""The shopper's pages in a real Chromium: accessible, styled by their own rules, usable by hand."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tenants import lookup
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.rewards.models import Prize
from tests.fixtures.tenants import host_of
from tests.space.conftest import Earns, open_lumen
from widgets.space import sessions

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
# What is left of 1280 px at a zoom of 200 %.
ZOOMED = 640
BRANDS = ["#E5A83B", "#1F5C43"]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def lumen(live_merchant: Tenant) -> Tenant:
    """A committed merchant: the browser's requests run in threads of their own."""
    return open_lumen(live_merchant)


@pytest.fixture
def origin(lumen: Tenant, settings: Settings) -> Iterator[str]:
    """Where the merchant's pages are served."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://{host_of(lumen)}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def rich(camille_earns: Earns, candle: Prize) -> None:
    for friend in ("Thomas", "Awa", "Karim"):
        camille_earns(friend)
    camille_earns("Inès", posted=False)


@pytest.fixture
def open_page(origin: str, new_page: Callable[..., Page], camille: Profile) -> Callable[..., Page]:
    """`open_page("/espace", viewport=…)`: a page in the browser that holds Camille's space."""

    def make(path: str, **options: Any) -> Page:
        page = new_page(**options)
        cookie = {
            "name": sessions.COOKIE,
            "value": sessions.open_session(profile=camille, now=timezone.now()),
            "url": origin.replace("http:", "https:"),
            "secure": True,
        }
        page.context.add_cookies([cookie])
        page.goto(origin + path)
        return page

    return make


PAGES = [
    "/espace",
    "/espace/fidelite",
    "/espace/commandes",
    "/espace/qr",
    "/espace/carte",
    "/espace/regles",
    "/espace/donnees/effacer",
    "/programme",
    "/r/{code}",
    "/r/PERSONNE-99",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("brand", BRANDS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    rich: None,
    lumen: Tenant,
    code: str,
    origin: str,
    open_page: Callable[..., Page],
    theme: str,
    brand: str,
) -> None:
    """S7, B11, B12: both themes, two brands, 320 px and a desktop at 200 %, everything unfolded;
    nothing that the policy refuses (R34)."""
    lumen.brand_color = brand
    lumen.save(update_fields=["brand_color"])
    lookup.forget(lumen)
    page = open_page("/espace", viewport=NARROW, color_scheme=theme)
    for width in (NARROW["width"], ZOOMED):
        page.set_viewport_size({"width": width, "height": 640})
        for path in PAGES:
            page.goto(origin + path.format(code=code))
            unfold(page)
            found = Axe().run(page).response["violations"]
            assert not found, (path, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    # A page that is not found is said in the console, and that is all.
    assert [said for said in page.troubles if "404" not in said] == []


def unfold(page: Page) -> None:
    """Open what is folded: it has to hold as well."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_doors_of_the_space_hold_as_well(
    rich: None, origin: str, new_page: Callable[..., Page], theme: str
) -> None:
    """S7: for whoever has not come in yet, with an error, and with a link of the shop's that is
    over."""
    page = new_page(viewport=NARROW, color_scheme=theme)
    for path in ("/espace", "/espace/boutique?lien=x", "/espace/code/" + "0" * 32):
        page.goto(origin + path)
        for _turn in range(2):
            found = Axe().run(page).response["violations"]
            assert not found, (path, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
            page.locator("main form button").first.click()  # nothing typed: it says what to type


def test_friends_are_added_row_by_row_and_without_scripts_all_rows_are_there(
    rich: None, open_page: Callable[..., Page]
) -> None:
    """SP-07, B2, B10: one row to begin with, the focus in the next, what failed stays."""
    plain = open_page("/espace", viewport=PHONE, java_script_enabled=False)
    plain.get_by_text("Faire envoyer l’invitation par e-mail").click()
    expect(plain.get_by_label("Son adresse e-mail")).to_have_count(3)
    expect(plain.get_by_label("Son adresse e-mail").nth(2)).to_be_visible()
    page = open_page("/espace", viewport=PHONE)
    page.get_by_text("Faire envoyer l’invitation par e-mail").click()
    page.get_by_label("Son prénom").first.fill("Léa")
    page.get_by_label("Son adresse e-mail").first.fill("lea@exemple.fr")
    page.get_by_role("button", name="Ajouter un proche").click()
    expect(page.get_by_label("Son prénom").nth(1)).to_be_focused()
    page.get_by_label("Son adresse e-mail").nth(1).fill("tom@")
    page.get_by_role("button", name="Inviter", exact=True).click()
    expect(page.get_by_text("Une invitation est partie, à votre nom : Léa.")).to_be_visible()
    expect(page.get_by_label("Son adresse e-mail").first).to_have_value("tom@")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_label("Son adresse e-mail").first.fill("tom@exemple.fr")
    page.get_by_role("button", name="Inviter", exact=True).click()
    expect(page.get_by_text("Votre invitation est partie, à votre nom.")).to_be_visible()


def test_the_phones_own_sheet_gets_the_link(rich: None, open_page: Callable[..., Page]) -> None:
    """S3: on a tap where there is one; where there is none, no button that does nothing."""
    page = open_page("/espace", viewport=PHONE)
    expect(page.get_by_role("button", name="Partager mon lien")).to_be_hidden()
    page.add_init_script(
        "navigator.share = async (what) => { window.shared = what; throw new DOMException(); };"
    )
    page.reload()
    page.get_by_role("button", name="Partager mon lien").click()
    shared = page.evaluate("window.shared")
    assert "/r/CAMILLE-" in shared["url"] and shared["title"] and "Avec mon lien" in shared["text"]
    assert page.troubles == []


def test_a_prize_is_chosen_by_keyboard_and_without_scripts(
    rich: None, open_page: Callable[..., Page]
) -> None:
    """B10, and no script is needed for what counts."""
    page = open_page("/espace", viewport=PHONE, java_script_enabled=False)
    page.get_by_role("link", name="Choisir Bougie Aube 190 g").press("Enter")
    page.get_by_role("button", name="Choisir ce lot").press("Enter")
    expect(page.get_by_text("Votre lot est réservé.")).to_be_visible()
    expect(page.locator(".wallet-amount")).to_have_text("4,00\u00a0€")


def test_the_link_is_copied_and_said(rich: None, open_page: Callable[..., Page]) -> None:
    """S3: copied, and announced."""
    page = open_page("/espace", viewport=PHONE, permissions=["clipboard-write", "clipboard-read"])
    page.get_by_role("button", name="Lien").click()
    expect(page.locator("#announcer")).not_to_be_empty()


def test_what_was_done_is_said_once(rich: None, open_page: Callable[..., Page]) -> None:
    """The sentence shows, and its address is not one that says it again when it is shared."""
    page = open_page("/espace?fait=choix#reglages", viewport=PHONE)
    expect(page.get_by_text("Vos choix sont enregistrés.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/espace#reglages$"))


def test_the_own_link_breaks_before_its_path_and_not_in_a_name(
    rich: None, open_page: Callable[..., Page]
) -> None:
    """S3: on a phone « maison- » stood alone at the end of a line."""
    page = open_page("/espace", viewport=PHONE)
    lines = "all => all.map(e => e.offsetHeight / parseFloat(getComputedStyle(e).lineHeight))"
    heights = page.eval_on_selector_all(".own-link-text .link-piece", lines)
    assert len(heights) == 2 and all(0 < lines < 1.5 for lines in heights), heights
    text = page.locator(".own-link-text").inner_text()
    assert text.startswith("live-lumen.") and "/r/" in text and not set(text) & set(" \n")
