"""The demo shop talks to Ricochet as a merchant's shop does, and sells without it."""

import http.cookiejar
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.demo_shop.exchange import Shop
from deploy.demo_shop.orders import OrderBook
from deploy.demo_shop.pages import euros
from deploy.demo_shop.ricochet import Ricochet
from deploy.demo_shop.server import ShopServer
from deploy.local.processes import free_port

CLICK = "018f3c7a-1b2c-7d3e-8f40-5162738495a6.CAMILLE-D7"
BUYER = {"first_name": "Thomas", "last_name": "Le Goff", "email": "thomas@example.fr"}


LINE = {"label": "Ma cagnotte Lumen", "amount": -1240}
CHECKOUT: dict[str, dict[str, Any]] = {
    "/api/v1/checkout/quotes": {
        "unit": "EUR",
        "earns": 168,
        "member": False,
        "joining_needed": True,
        "minimum_order": 0,
        "explanation_url": "http://example.test/programme",
        "usable": {"points": 1240, "discount": 1240, "earns": 143, "reason": None, "line": LINE},
    },
    "/api/v1/checkout/holds": {"id": "hld_1", "discount": 1240, "line": LINE},
}


class Platform(BaseHTTPRequestHandler):
    """A double of Ricochet: remembers what was posted, answers what `replies` says."""

    posted: list[tuple[str, dict[str, str], dict[str, Any]]] = []
    status = 201

    def do_GET(self) -> None:
        host = self.headers["Host"]
        self._reply(200, {"src": f"http://{host}/w/v1.abc.js", "integrity": "sha384-abc"})

    def do_DELETE(self) -> None:
        Platform.posted.append((self.path, dict(self.headers), {}))
        self._reply(200, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Platform.posted.append((self.path, dict(self.headers), body))
        if self.path in CHECKOUT:
            self._reply(200, CHECKOUT[self.path])
            return
        self._reply(Platform.status, {"status": "ok"})

    def _reply(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def serve(server: ThreadingHTTPServer) -> threading.Thread:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    return thread


class Buyer:
    """A browser without JavaScript."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.headers: dict[str, str] = {}

    def opens(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=5) as reply:
            self.headers = dict(reply.headers)
            return reply.read().decode()

    def posts(self, path: str, cookie: str = "", **form: str) -> str:
        request = urllib.request.Request(
            self.base + path, data=urllib.parse.urlencode(form).encode()
        )
        if cookie:
            kept = "; ".join(f"{c.name}={c.value}" for c in self.jar)
            request.add_unredirected_header("Cookie", f"{cookie}; {kept}")
        with self.opener.open(request, timeout=5) as reply:
            return reply.read().decode()


@pytest.fixture
def platform() -> Iterator[int]:
    Platform.posted, Platform.status = [], 201
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = serve(server)
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def open_shop(tmp_path: Path, ricochet_port: int) -> ShopServer:
    ricochet = Ricochet(
        url=f"http://maison-lumen.ricochet.localhost:{ricochet_port}",
        secret_key="rk_test_x",
        public_key="pk_test_x",
    )
    shop = Shop(orders=OrderBook(tmp_path / "o.json"), ricochet=ricochet, tracker_only=False)
    return ShopServer(("127.0.0.1", 0), shop)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseHTTPRequestHandler, "log_message", lambda *_: None)


@pytest.fixture
def buyer(tmp_path: Path, platform: int) -> Iterator[Buyer]:
    server = open_shop(tmp_path, platform)
    thread = serve(server)
    yield Buyer(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_order_is_posted_with_the_code_the_cookie_and_a_key_that_repeats(buyer: Buyer) -> None:
    buyer.posts("/panier/ajouter", product="halo")
    page = buyer.posts(
        "/commande", cookie=f"ricochet_ref={CLICK}", **BUYER, code="CAMILLE-D7", via="api"
    )
    path, headers, body = Platform.posted[0]
    assert path == "/api/v1/orders"
    assert headers["Host"].startswith("maison-lumen.ricochet.localhost:")
    assert headers["Authorization"] == "Bearer rk_test_x"
    assert body["amount"] == 8_400
    assert (body["referral_code"], body["visitor"]) == ("CAMILLE-D7", CLICK)
    assert body["customer"]["email"] == "thomas@example.fr"
    assert f'data-ricochet="order" data-id="{body["id"]}" data-amount="8400"' in page

    buyer.posts(f"/admin/{body['id']}/confirmer")
    assert Platform.posted[1][1]["Idempotency-Key"] == headers["Idempotency-Key"]
    assert Platform.posted[1][2] == body


def test_an_order_left_to_the_script_is_confirmed_by_the_merchant_later(buyer: Buyer) -> None:
    buyer.posts("/panier/ajouter", product="cedre")
    page = buyer.posts("/commande", **BUYER, via="script")
    order_id = re.search(r'data-id="(LUM-\d+)"', page)
    assert order_id
    assert Platform.posted == []
    assert "Confirmer auprès de Ricochet" in buyer.opens("/admin")
    buyer.posts(f"/admin/{order_id[1]}/confirmer")
    assert Platform.posted[0][2]["amount"] == 3_400 + 490
    assert "Rembourser" in buyer.opens("/admin")


def test_refunds_are_counted_and_a_refused_one_is_shown_and_not_counted(buyer: Buyer) -> None:
    buyer.posts("/panier/ajouter", product="halo")
    buyer.posts("/commande", **BUYER, via="api")
    order_id = Platform.posted[0][2]["id"]
    buyer.posts(f"/admin/{order_id}/rembourser", amount="30,5")
    path, _, body = Platform.posted[1]
    assert path == f"/api/v1/orders/{order_id}/refunds"
    assert (body["id"], body["amount"]) == (f"R-{order_id}-1", 3_050)
    Platform.status = 409
    page = buyer.posts(f"/admin/{order_id}/rembourser", amount="99")
    assert "Refusé (409)" in page
    assert "30,50\u00a0€ remboursés" in page


def test_the_shop_sells_while_ricochet_is_away(tmp_path: Path) -> None:
    """S9: the host page works when our server is down."""
    server = open_shop(tmp_path, free_port())
    thread = serve(server)
    try:
        buyer = Buyer(server.server_port)
        assert "integrity" not in buyer.opens("/")
        buyer.posts("/panier/ajouter", product="halo")
        assert "Merci Thomas" in buyer.posts("/commande", **BUYER, via="api")
        assert "Ricochet ne répond pas" in buyer.opens("/admin")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_script_is_pinned_and_the_policy_lets_in_no_other(buyer: Buyer) -> None:
    """R35: an immutable address with SRI, under a policy without inline scripts."""
    page = buyer.opens("/")
    tag = re.search(r'<script src="(http[^"]+)" data-key="pk_test_x"[^>]*>', page)
    assert tag
    assert tag[1].endswith("/w/v1.abc.js")
    assert 'integrity="sha384-abc"' in tag[0]
    policy = buyer.headers["Content-Security-Policy"]
    assert re.search(r"script-src 'self' http://maison-lumen\.ricochet\.localhost:\d+;", policy)
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*src=)", page) == []


def test_what_a_customer_types_is_shown_as_text(buyer: Buyer) -> None:
    buyer.posts("/panier/ajouter", product="halo")
    page = buyer.posts("/commande", **{**BUYER, "first_name": "<img src=x>"}, via="api")
    assert "<img" not in page
    assert "<img" not in buyer.opens("/admin")


def test_amounts_are_written_the_french_way() -> None:
    assert euros(123_450) == "1\u202f234,50\u00a0€"
    assert euros(5) == "0,05\u00a0€"


def paths() -> list[str]:
    return [path for path, _headers, _body in Platform.posted]


def test_the_cagnotte_is_read_held_shown_on_the_order_and_named_by_it(buyer: Buyer) -> None:
    """SO-07, SO-08, SO-09, from the shop's server."""
    buyer.posts("/panier/ajouter", product="halo")
    page = buyer.posts("/commande", step="quote", basket="b1", **BUYER)
    assert "Cette commande vous rapporte 1,68\u00a0€" in page
    assert "Utiliser 12,40\u00a0€ de ma cagnotte" in page
    assert "http://example.test/programme" in page
    page = buyer.posts("/commande", step="use", basket="b1", join="1", **BUYER)
    assert '<th scope="row">Ma cagnotte Lumen</th><td>−12,40\u00a0€</td>' in page
    assert "Payer 71,60\u00a0€" in page
    buyer.posts("/commande", step="pay", basket="b1", join="1", **BUYER)
    order = next(body for path, _h, body in Platform.posted if path == "/api/v1/orders")
    assert (order["amount"], order["points_hold"], order["join_loyalty"]) == (7160, "hld_1", True)


def test_a_cagnotte_is_given_up_by_hand_and_when_the_basket_or_the_person_changes(
    buyer: Buyer,
) -> None:
    buyer.posts("/panier/ajouter", product="halo")
    buyer.posts("/commande", step="use", basket="b1", **BUYER)
    page = buyer.posts("/commande", step="drop", basket="b1", **BUYER)
    assert "Payer 84,00\u00a0€" in page
    assert paths().count("/api/v1/checkout/holds/hld_1") == 1
    buyer.posts("/commande", step="use", basket="b1", **BUYER)
    page = buyer_refused(buyer, basket="b1", **{**BUYER, "email": "autre@example.fr"})
    assert "Votre commande a changé" in page
    assert paths().count("/api/v1/checkout/holds/hld_1") == 2
    assert "/api/v1/orders" not in paths()


def buyer_refused(buyer: Buyer, **form: str) -> str:
    """The page that comes with a 422."""
    try:
        buyer.posts("/commande", step="pay", **form)
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()
    raise AssertionError("the order was taken")
