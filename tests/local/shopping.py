"""The demo shop, a double of Ricochet that it talks to, and somebody who buys there."""

import http.client
import http.cookiejar
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from deploy.demo_shop.customers import Customers
from deploy.demo_shop.exchange import Shop
from deploy.demo_shop.orders import OrderBook
from deploy.demo_shop.ricochet import Ricochet
from deploy.demo_shop.server import ShopServer

CLICK = "018f3c7a-1b2c-7d3e-8f40-5162738495a6.CAMILLE-D7"
BUYER = {"first_name": "Thomas", "last_name": "Le Goff", "email": "thomas@example.fr"}


# The codes that the shop sent, to whom.
CODES: list[tuple[str, str]] = []
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


def open_shop(tmp_path: Path, ricochet_port: int) -> ShopServer:
    ricochet = Ricochet(
        url=f"http://maison-lumen.ricochet.localhost:{ricochet_port}",
        secret_key="rk_test_x",
        public_key="pk_test_x",
        login_key="shk_x",
        login_secret="rs_x",
    )
    shop = Shop(
        orders=OrderBook(tmp_path / "o.json"),
        ricochet=ricochet,
        customers=Customers(post=lambda email, code: CODES.append((email, code))),
        tracker_only=False,
    )
    return ShopServer(("127.0.0.1", 0), shop)


def paths() -> list[str]:
    return [path for path, _headers, _body in Platform.posted]


def log_in(buyer: Buyer, email: str = BUYER["email"], back: str = "commande") -> str:
    """By the code that the shop sends; the page that the log-in leads to."""
    page = buyer.posts("/connexion", email=email, retour=back)
    ticket = re.search(r'name="billet" value="([^"]+)"', page)
    assert ticket
    return buyer.posts("/connexion/code", billet=ticket[1], code=CODES[-1][1], retour=back)


def refused(buyer: Buyer, path: str, **form: str) -> tuple[int, str]:
    """The status and the page of an answer that is not a yes."""
    try:
        buyer.posts(path, **form)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    raise AssertionError("it was taken")


def asks(buyer: Buyer, path: str) -> tuple[int, str, str]:
    """Status, page and target of an answer whose redirect is not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(buyer.base).port)
    kept = "; ".join(f"{c.name}={c.value}" for c in buyer.jar)
    connection.request("GET", path, headers={"Cookie": kept})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), answer.headers.get("Location", "")
    connection.close()
    return found
