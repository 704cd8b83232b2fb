"""Operations in a real Chromium: the public page without a script, the editor and its preview."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
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
from operations import links
from operations.models import Operation, OperationModule, Participation
from operations.public import seal
from tenants.models import Tenant
from tests.fixtures.operations import add_partner, make_module, make_operation, take
from tests.fixtures.tenants import host_of
from tests.pages.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]
PAGE = "/o/un-automne-a-la-maison"
WIDER = """(width) => [...document.querySelectorAll('main *')]
  .filter((each) => each.getBoundingClientRect().right > width)
  .map((each) => each.outerHTML.slice(0, 90))"""
UNFOLD = "document.querySelectorAll('main form details').forEach((each) => { each.open = true; })"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def module(live_merchant: Tenant) -> OperationModule:
    """A live operation with prizes, questions, an age and a partner."""
    now = timezone.now()
    operation = make_operation(
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=9),
        prize_count=1,
        prize_value=24_800,
        prizes={"fr": "Une lampe Halo."},
        look={"color": "#e5a83b"},
    )
    question = {
        "name": "q1",
        "required": False,
        "partners": [],
        "label": {"fr": "Café ou thé ?"},
        "choices": [{"fr": "Café"}, {"fr": "Thé"}],
    }
    made = make_module(
        operation,
        minimum_age=18,
        asks_rules=True,
        fields=[
            {"name": "first_name", "required": True, "partners": []},
            {"name": "email", "required": True, "partners": []},
            question,
        ],
    )
    add_partner(made)
    return made


@pytest.fixture
def origin(module: OperationModule, live_merchant: Tenant, settings: Settings) -> Iterator[str]:
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


def sign_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/connexion")
    page.fill("[name=email]", "claire@maison-lumen.fr")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(re.compile(r"/$"))


def checked(page: Page, width: int) -> None:
    """S7, B11, B12: axe finds nothing, and nothing scrolls sideways."""
    found = Axe().run(page).response["violations"]
    assert not found, (page.url, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found])
    wide = page.evaluate(WIDER, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, wide)


def thanks() -> str:
    """The page that the email of the one participation leads to."""
    row = Participation.objects.get()
    return f"/o/merci/{links.token_for(purpose=links.Purpose.THANKS, row_id=row.id)}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_public_pages_hold_in_both_themes_at_320_px_and_200_per_cent(
    origin: str, new_page: Callable[..., Page], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1, S7: also with errors, the thanks, and the choices; the policy refuses nothing."""
    monkeypatch.setattr(seal, "QUICKEST", timedelta(0))
    page = new_page(viewport={"width": 320, "height": 640}, color_scheme=theme)
    for path in (PAGE, f"{PAGE}/reglement", f"{PAGE}/donnees"):
        for width in (320, 640):
            page.set_viewport_size({"width": width, "height": 640})
            page.goto(origin + path)
            checked(page, width)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(origin + PAGE)
    page.locator("button.act").click()
    expect(page.locator("#summary")).to_be_focused()
    # All that is missing is named at once, each where it stands.
    assert page.locator("[aria-invalid=true]").evaluate_all("all => all.map(e => e.name)") == [
        "first_name",
        "email",
        "age",
        "rules",
    ]
    checked(page, 320)
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Adresse e-mail").fill("zoe@exemple.fr")
    page.get_by_text("J’ai 18 ans ou plus.").click()
    page.locator("[name=rules]").check()
    page.locator("[name=box]").first.check()
    page.locator("button.act").click()
    expect(page.get_by_role("heading", name="Merci")).to_be_visible()
    checked(page, 320)
    page.goto(origin + thanks())
    checked(page, 320)
    page.get_by_text("Voir et changer mes choix").click()
    checked(page, 320)
    assert [said for said in page.troubles if "422" not in said] == []


def test_without_scripts_everything_works(
    origin: str, new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1: the form, an error that keeps what was typed, the thanks, and a withdrawal."""
    monkeypatch.setattr(seal, "QUICKEST", timedelta(0))
    page = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto(origin + PAGE)
    page.get_by_label("Adresse e-mail").fill("zoe@exemple.fr")
    page.get_by_text("Thé", exact=True).click()
    page.get_by_text("J’ai 18 ans ou plus.").click()
    page.locator("[name=rules]").check()
    page.locator("[name=box]").last.check()
    page.locator("button.act").click()
    expect(page.get_by_label("Adresse e-mail")).to_have_value("zoe@exemple.fr")
    expect(page.locator("[name=box]").last).to_be_checked()
    page.get_by_label("Prénom").fill("Zoé")
    page.locator("button.act").click()
    expect(page.get_by_role("heading", name="Merci")).to_be_visible()
    assert Participation.objects.get().fields["q1"] == "Thé"
    page.goto(origin + thanks())
    page.get_by_text("Voir et changer mes choix").click()
    page.get_by_role("button", name="Retirer mon accord à Brûlerie Noé").click()
    expect(page.get_by_text("Brûlerie Noé ne vous écrira plus.")).to_be_visible()


def test_a_double_click_takes_part_once(
    origin: str, new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B9, R3."""
    monkeypatch.setattr(seal, "QUICKEST", timedelta(0))
    page = new_page()
    page.goto(origin + PAGE)
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Adresse e-mail").fill("zoe@exemple.fr")
    page.get_by_text("J’ai 18 ans ou plus.").click()
    page.locator("[name=rules]").check()
    page.locator("button.act").dblclick()
    expect(page.get_by_role("heading", name="Merci")).to_be_visible()
    assert Participation.objects.count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_back_office_holds_and_its_preview_follows_what_is_typed(
    origin: str, module: OperationModule, new_page: Callable[..., Page], theme: str
) -> None:
    """S7, B10, B12: every page of the editor; the frame shows what was not saved yet."""
    take(module, now=timezone.now(), old_enough=True, accepts_rules=True)
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=theme)
    sign_in(page, origin)
    operation = Operation.objects.get()
    own = f"/operations/{operation.public_id}"
    paths = ["/operations", "/operations/calendrier", "/operations/ajouter", own]
    paths += [f"{own}/{name}" for name in ("dates", "apparence", "modules", "participants")]
    paths += [f"{own}/modules/{module.public_id}", f"{own}/modules/{module.public_id}/donnees"]
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            page.goto(origin + path)
            page.evaluate(UNFOLD)
            checked(page, width)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{origin}{own}/textes")
    frame = page.frame_locator("iframe[name=operation-preview]")
    expect(frame.locator("h1")).to_have_text("Un automne à la maison")
    page.locator("[name=title_fr]").fill("Un hiver au chaud")
    expect(frame.locator("h1")).to_have_text("Un hiver au chaud")
    page.get_by_text("EN", exact=True).click()
    expect(frame.locator("h1")).to_have_text("An autumn at home")
    assert Operation.objects.get().title["fr"] == "Un automne à la maison"
    assert page.troubles == []


def test_the_editor_of_a_widget_is_evenly_spaced(
    origin: str, new_page: Callable[..., Page]
) -> None:
    """Its texts are neither glued to what stands above, nor far from what follows."""
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, origin)
    page.goto(f"{origin}/widgets/ajouter")
    above, below = ".tile >> nth=3", "[name=label_en]"
    for before, after in ((above, "legend:text-is('Textes')"), (below, "[name=own_color]")):
        one, next_one = (page.locator(each).bounding_box() for each in (before, after))
        assert one and next_one
        assert 12 <= next_one["y"] - one["y"] - one["height"] <= 40, (before, after)
