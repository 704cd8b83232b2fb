"""SP-06 in a real browser, across two sites: the demo's shop and the product."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import Role
from accounts.services import create_member
from deploy.demo_shop.customers import Customers
from deploy.demo_shop.exchange import Shop
from deploy.demo_shop.orders import OrderBook
from deploy.demo_shop.ricochet import Ricochet
from deploy.demo_shop.server import ShopServer
from deploy.local.processes import free_port
from tenants.models import Tenant
from tests.acceptance.conftest import OWNER, PASSWORD, RULES, STARTED
from tests.fixtures.tenants import TenantClient, host_of

pytestmark = pytest.mark.browser
CAMILLE = "camille@exemple.fr"


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Town:
    """The product and the shop, each on a site of its own; `codes` is what the shop sent."""

    house: str
    shop: str
    office: TenantClient
    codes: list[tuple[str, str]]


@pytest.fixture
def town(live_merchant: Tenant, settings: Settings, tmp_path: Path) -> Iterator[Town]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    house = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    house.daemon_threads = True
    house.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = house.server_port
    threading.Thread(target=house.serve_forever, args=(0.02,), daemon=True).start()
    port, codes = free_port(), []
    made = Town(
        house=f"http://{host_of(live_merchant)}:{house.server_port}",
        shop=f"http://boutique-lumen.localhost:{port}",
        office=_office(live_merchant),
        codes=codes,
    )
    shop = _shop(made, port, tmp_path)
    threading.Thread(target=shop.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    for server in (shop, house):
        server.shutdown()
        server.server_close()


def _office(tenant: Tenant) -> TenantClient:
    create_member(
        email=OWNER, first_name="Claire", last_name="Aubanel", password=PASSWORD,
        tenant_id=tenant.id, role=Role.OWNER, now=STARTED,
    )  # fmt: skip
    client = TenantClient(tenant)
    assert client.post("/connexion", {"email": OWNER, "password": PASSWORD}).status_code == 302
    return client


def _shop(town: Town, port: int, place: Path) -> ShopServer:
    """What the merchant does by hand: name the shop, publish rules, copy the keys into it."""
    office = town.office
    brand = {"name": "Maison Lumen", "site_url": town.shop, "color": "#E5A83B"}
    assert office.post("/reglages/site", brand).status_code == 302
    assert office.post("/reglages/programme", RULES).status_code == 302
    site = office.get("/reglages/site").content.decode()
    form = office.get("/reglages/cles/boutique/creer").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    made = office.post("/reglages/cles/boutique/creer", {"token": token[1], "name": "Boutique"})
    key = re.search(r'data-copy="(shk_\w+)"', made.content.decode())
    secret = re.search(r'data-copy="(rs_\w+)"', made.content.decode())
    public = re.search(r"pk_live_\w+", site)
    assert key and secret and public
    assert secret[1] not in office.get("/reglages/cles/boutique").content.decode(), "shown once"
    ricochet = Ricochet(
        url=town.house, secret_key="", public_key=public[0],
        login_key=key[1], login_secret=secret[1],
    )  # fmt: skip
    return ShopServer(
        ("127.0.0.1", port),
        Shop(
            orders=OrderBook(place / "orders.json"),
            ricochet=ricochet,
            customers=Customers(post=lambda email, code: town.codes.append((email, code))),
            tracker_only=False,
        ),
    )


def put_forward(town: Town, **words: str) -> None:
    form = {"active": "on", "label": "", "title": "", "text": "", "action": "", "side": "right"}
    answer = town.office.post("/reglages/site/mise-en-avant", {**form, **words})
    assert answer.status_code == 302


def open_from_shop(page: Page, town: Town) -> Page:
    """Through the launcher: the page of the new tab."""
    page.goto(town.shop)
    if page.locator(".consent").is_visible():  # asked once: nothing here needs a yes
        page.get_by_role("button", name="Refuser").click()
    page.get_by_role("button", name=re.compile("Parrainez, gagnez")).click()
    with page.context.expect_page() as opened:
        page.get_by_role("dialog").get_by_role("link", name="Ouvrir ma cagnotte").click()
    return opened.value


def test_sp06_the_offer_is_put_forward_on_the_shop_whose_log_in_opens_the_cagnotte(
    town: Town, new_page: Callable[..., Page]
) -> None:
    """SP-06: the offer is put forward on the shop, and the referrer identifies themselves in a way
    that fits: by the shop's log-in, an account there."""
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(town.shop)
    page.wait_for_timeout(500)
    expect(page.locator("[data-ricochet-widget]")).to_have_count(0)  # not switched on yet
    put_forward(town)
    fresh = new_page(viewport={"width": 390, "height": 844})
    there = open_from_shop(fresh, town)
    expect(there.get_by_role("heading", level=1)).to_have_text("Se connecter")
    there.get_by_label("Adresse e-mail").fill(CAMILLE)
    there.get_by_role("button", name="Recevoir mon code").click()
    expect(there.get_by_role("heading", level=1)).to_have_text("Regardez vos e-mails")
    assert town.codes[-1][0] == CAMILLE
    there.get_by_label("Code à six chiffres").fill(town.codes[-1][1])
    there.get_by_role("button", name="Me connecter").click()
    expect(there).to_have_url(f"{town.house}/espace")
    expect(there.get_by_role("link", name="WhatsApp")).to_be_visible()
    # The second time there is nothing to type: the shop knows its customer.
    again = open_from_shop(fresh, town)
    expect(again).to_have_url(f"{town.house}/espace")
    expect(again.get_by_text("Votre code")).to_be_visible()
    assert fresh.troubles == []  # type: ignore[attr-defined]


def test_a_signed_link_that_is_passed_on_opens_nothing_a_second_time(
    town: Town, new_page: Callable[..., Page]
) -> None:
    """R24, R28: in another browser it first says whose cagnotte it is, and works once."""
    link = Ricochet.cagnotte_url
    shop_key = _signer(town)
    first, second = (link(shop_key, email=CAMILLE, first_name="Camille") for _turn in range(2))
    page = new_page()
    page.goto(first)
    expect(page.get_by_role("heading", level=1)).to_have_text("La cagnotte de Camille")
    page.get_by_role("button", name="Ouvrir ma cagnotte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    stranger = new_page()
    stranger.goto(first)
    expect(stranger.get_by_text("Ce lien de la boutique n’est plus valable")).to_be_visible()
    stranger.goto(second.replace("?lien=shk_", "?lien=shk_0"))
    expect(stranger.get_by_text("Ce lien de la boutique n’est plus valable")).to_be_visible()


def _signer(town: Town) -> Ricochet:
    form = town.office.get("/reglages/cles/boutique/creer").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    html = town.office.post(
        "/reglages/cles/boutique/creer", {"token": token[1], "name": "Autre serveur"}
    ).content.decode()
    key, secret = re.search(r"shk_\w+", html), re.search(r"rs_\w{40}", html)
    assert key and secret
    return Ricochet(
        url=town.house, secret_key="", public_key="", login_key=key[0], login_secret=secret[0]
    )
