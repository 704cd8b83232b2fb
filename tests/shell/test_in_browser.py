"""The components in a real browser: accessible, usable by keyboard, and within the policy."""

import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tenants.models import Tenant
from tests.fixtures.tenants import host_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(live_merchant: Tenant, settings: Settings) -> Iterator[str]:
    """The components page of a committed merchant, on a port of its own."""
    settings.SHELL_COMPONENTS = True
    server = _server()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://{host_of(live_merchant)}:{server.server_port}/_components"
    server.shutdown()
    server.server_close()


def _server() -> WSGIServer:
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    return server


def test_axe_finds_nothing_in_either_theme_at_any_width(
    address: str, new_page: Callable[..., Page]
) -> None:
    """B11, B12: and no sideways scroll at 320 px."""
    for theme in ("light", "dark"):
        for width in (1280, 320):
            page = new_page(color_scheme=theme, viewport={"width": width, "height": 900})
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_have_text("Composants")
            found = Axe().run(page).response["violations"]
            assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.troubles == []  # type: ignore[attr-defined]


def test_a_dialog_starts_on_the_safe_choice_and_gives_the_focus_back(
    address: str, page: Page
) -> None:
    """B8, B10."""
    page.goto(address)
    opener = page.locator('[data-dialog-open="refuse"].btn')
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Refuser ce parrainage ?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Garder en attente")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_word_to_type_keeps_the_act_out_of_reach(address: str, page: Page) -> None:
    """B8: deleting asks for the name."""
    page.goto(address)
    page.locator('[data-dialog-open="erase"]').click()
    dialog = page.get_by_role("dialog", name="Supprimer Maison Lumen ?")
    act = dialog.get_by_role("button", name="Supprimer la marque")
    act.click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Pour confirmer").fill("maison-lumen")
    act.click()
    expect(page.get_by_text("Parrainage de Hugo refusé").last).to_be_visible()


def test_an_act_is_done_at_once_and_can_be_undone(address: str, page: Page) -> None:
    """B8: ten seconds, counted on the button."""
    page.goto(address)
    page.get_by_role("button", name="Refuser Hugo, puis annuler").click()
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Parrainage de Hugo refusé")
    expect(toast.get_by_role("button", name="Annuler (")).to_be_visible()
    toast.get_by_role("button", name="Annuler (").click()
    expect(page.locator("#toasts .toast")).to_contain_text("Parrainage de Hugo rétabli")


def test_a_double_click_has_one_effect(address: str, page: Page) -> None:
    """B9: and the button says at once that it was pressed."""
    page.goto(address)
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    # An answer that never comes leaves the page as it is after the press.
    page.route("**/_components/act", lambda _: None)
    state = page.evaluate(
        """() => new Promise((done) => {
          const button = [...document.querySelectorAll("button")]
            .find((b) => b.textContent.includes("Refuser Hugo, puis annuler"));
          button.click();
          setTimeout(() => button.click(), 20);
          setTimeout(() => done(button.getAttribute("aria-busy")), 100);
        })"""
    )
    assert state == "true"
    assert len(sent) == 1


def test_a_selection_is_counted_and_announced(address: str, page: Page) -> None:
    """B7, B10."""
    page.goto(address)
    expect(page.locator(".bulk-count")).to_have_text("1 commande dans la sélection")
    page.get_by_label("Sélectionner toute la page").check()
    expect(page.locator(".bulk-count")).to_have_text("3 commandes dans la sélection")
    expect(page.locator("#announcer")).to_have_text("3 commandes dans la sélection")
    page.get_by_role("button", name="Sélectionner les 218 commandes").click()
    expect(page.locator(".bulk-count")).to_have_text("Les 218 commandes dans la sélection")
    page.get_by_role("button", name="Vider la sélection").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_a_part_of_a_page_that_fails_says_so_and_offers_to_retry(address: str, page: Page) -> None:
    """B13."""
    page.goto(address)
    page.get_by_role("button", name="Charger une partie indisponible").click()
    toast = page.locator("#toasts .toast-bad")
    expect(toast).to_contain_text("Nos serveurs ne répondent pas assez vite.")
    expect(toast.get_by_role("button", name="Réessayer")).to_be_visible()


def test_a_draft_survives_the_end_of_a_session(address: str, page: Page) -> None:
    """B14: what was typed is there again after the page came back empty."""
    page.goto(address)
    page.locator("#id_ok_name").fill("Parrainage de printemps")
    page.locator("#id_ok_open").uncheck()
    page.goto(address.replace("_components", "_components/error/403"))
    page.goto(address)
    expect(page.locator("#id_ok_name")).to_have_value("Parrainage de printemps")
    expect(page.locator("#id_ok_open")).not_to_be_checked()
    expect(page.locator("#toasts")).to_contain_text("Votre saisie")


def test_the_palette_opens_on_ctrl_k_and_closes_on_escape(address: str, page: Page) -> None:
    """B18, B10."""
    page.goto(address)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Page, client")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Rechercher")).to_be_hidden()


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(
    address: str, page: Page
) -> None:
    """B2."""
    page.goto(address)
    summary = page.get_by_role("alert").filter(has_text="points à corriger")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Indiquez un nombre, par exemple 8,00.").click()
    expect(page.locator("#id_ko_amount")).to_be_focused()


def test_on_a_phone_the_menu_opens_from_the_bottom_bar(
    address: str, new_page: Callable[..., Page]
) -> None:
    """B12."""
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    menu = page.get_by_role("navigation", name="Menu principal")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_the_page_works_without_its_scripts(address: str, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(address)
    page.get_by_role("button", name="Refuser Hugo, puis annuler").click()
    page.locator("#toasts").get_by_role("button", name="Annuler").click()
    expect(page.locator("#toasts")).to_contain_text("rétabli")
