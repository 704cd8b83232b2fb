"""The console in a real browser: its policy is kept, on a desk and on a phone, by day and night."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIServer

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page, expect
from pytest_django import Settings

from billing.models import AccountState
from billing.plans import PlanKey
from billing.services.grants import grant_limit
from kernel.jobs.models import Job, JobState
from tenants.context import enter
from tenants.models import Tenant
from tests.console.conftest import NOW, PASSWORD, code_of, operator_user
from tests.console.test_acts import dead_event
from tests.console.test_figures import account
from tests.fixtures.tenants import host_of

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/console/merchant/",
    "/console/deal/",
    "/console/pair/",
    "/console/person/",
    "/console/entry/",
    "/envois/",
    "/travaux/",
    "/travaux/?etat=tous",
    "/e-mails/",
)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(settings: Settings) -> Iterator[WSGIServer]:
    """Ricochet on a port of its own; links in pages know it."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def keep(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants to look at it (PICTURES)."""
    place = os.environ.get("PICTURES")
    if place:
        page.screenshot(path=Path(place) / f"{name}.png", full_page=True)


def log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/")
    page.get_by_label("Adresse e-mail").fill("odile@ricochet.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    keep(page, "log-in")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_label("Code").fill(code_of())
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Revenu mensuel récurrent")).to_be_visible()
    cache.clear()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_an_operator_finds_a_merchant_and_sees_its_back_office(
    make_live_merchant: Callable[[str], Tenant],
    server: WSGIServer,
    new_page: Callable[..., Page],
    width: int,
    scheme: str,
) -> None:
    tenant = make_live_merchant("galets")
    account(tenant, PlanKey.GROWING, AccountState.ACTIVE, interval="month")
    operator_user()
    dead_event(tenant)
    with enter(tenant):
        Job.objects.create(
            kind="campaign.send", state=JobState.FAILED, created_at=NOW, moved_at=NOW
        )
    grant_limit(
        tenant_id=tenant.id, limit="users", value=90, reason="x" * 120, ends_at=None, now=NOW
    )
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    origin = f"http://{django_settings.CONSOLE_HOST}:{server.server_port}"
    log_in(page, origin)
    for path in PAGES:
        page.goto(origin + path)
        expect(page.locator("#content, #content-main").first).to_be_visible()
        keep(page, f"{width}{path.replace(chr(47), chr(45))}")
        # What is wider than the window would be scrolled to sideways.
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        expect(page.locator("[aria-label='scrollable content']")).to_have_count(0)

    page.goto(f"{origin}/console/merchant/?q=galets")
    page.get_by_role("link", name="Galets", exact=True).click()
    page.get_by_text("Retirer cet octroi").first.click()
    page.get_by_text("Suspendre").first.click()
    page.locator("form[action$='/suspendre']").get_by_label("Raison").fill(" ")
    page.locator("form[action$='/suspendre'] button").click()
    # Nothing was changed, and the field to correct is under the eyes.
    expect(page.get_by_text("corrigez ce qui est signalé")).to_be_attached()
    wrong = page.locator("form[action$='/suspendre'] [name=reason]")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("Voir comme ce commerçant").click()
    keep(page, f"{width}-merchant")
    form = page.locator("form[action$='/consulter']")
    form.get_by_label("Raison").fill("Ticket 4812")
    form.get_by_role("button", name="Consulter son back-office").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consulter Galets")
    keep(page, f"{width}-arrive")
    page.get_by_role("button", name="Consulter").click()
    band = page.get_by_text("Consultation par Ricochet, en lecture seule")
    expect(band).to_be_visible()
    keep(page, f"{width}-visit")
    page.goto(f"http://{host_of(tenant)}:{server.server_port}/reglages/equipe/interventions")
    expect(page.get_by_role("cell", name="Ticket 4812").first).to_be_visible()
    keep(page, f"{width}-log")
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultation terminée")
    # The browser reports the page that was refused; nothing else.
    assert [one for one in page.troubles if "422" not in one] == []
