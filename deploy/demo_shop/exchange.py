"""Reading a browser's request and answering it: forms, cookies, pages, files."""

from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from deploy.demo_shop import pages
from deploy.demo_shop.cagnotte import Cagnottes
from deploy.demo_shop.catalogue import BY_SLUG
from deploy.demo_shop.customers import SESSION_SECONDS, Customers
from deploy.demo_shop.orders import OrderBook
from deploy.demo_shop.ricochet import Ricochet, Script

_STATIC = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_LARGEST_FORM = 20_000
MOST_PIECES = 20


@dataclass
class Shop:
    """What the pages need. `tracker_only`: orders reach Ricochet through the browser alone."""

    orders: OrderBook
    ricochet: Ricochet
    tracker_only: bool
    customers: Customers
    _script: Script | None = None
    cagnottes: Cagnottes = field(init=False)

    def __post_init__(self) -> None:
        self.cagnottes = Cagnottes(self.ricochet)

    def script(self) -> Script | None:
        """The script's address, asked for until Ricochet has answered once."""
        if self._script is None:
            self._script = self.ricochet.script()
        return self._script


class Exchange(BaseHTTPRequestHandler):
    """One request and its answer; `server.shop` is the shop."""

    server: Any
    protocol_version = "HTTP/1.1"

    def _form(self) -> dict[str, str] | None:
        """The posted form; None, with the answer sent, when it came from elsewhere or is huge."""
        length = int(self.headers.get("Content-Length") or 0)
        origin = f"http://{self.headers.get('Host')}"
        if length > _LARGEST_FORM or self.headers.get("Origin", origin) != origin:
            self.close_connection = True
            self.send_response(HTTPStatus.FORBIDDEN)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        posted = parse_qs(self.rfile.read(length).decode(errors="replace"), max_num_fields=20)
        return {key: values[0][:120] for key, values in posted.items()}

    def _cookie(self, name: str) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        except CookieError:
            return ""
        return found.value if found else ""

    def _who(self) -> str:
        """The address of whoever is logged in in this browser, or ""."""
        who: str = self.server.shop.customers.who(self._cookie("client"))
        return who

    def _cart(self) -> pages.Cart:
        """`halo:1|trio:2`, without what the shop does not sell."""
        cart: pages.Cart = {}
        for entry in unquote(self._cookie("panier")).split("|"):
            slug, _, quantity = entry.partition(":")
            if slug in BY_SLUG and quantity.isdecimal() and 0 < int(quantity) <= MOST_PIECES:
                cart[slug] = int(quantity)
        return cart

    def _page(self, title: str, body: str, *, status: HTTPStatus = HTTPStatus.OK) -> None:
        shop = self.server.shop
        script = shop.script()
        page = pages.frame(
            title=title,
            body=body,
            cart=self._cart(),
            script=script,
            key=shop.ricochet.public_key,
            who=self._who(),
        )
        theirs = shop.ricochet.url
        policy = (
            f"default-src 'none'; script-src 'self' {theirs}; connect-src 'self' {theirs}; "
            f"style-src 'self'; img-src 'self'; form-action 'self' {theirs}; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        self._send(page.encode(), "text/html", status=status, policy=policy)

    def _static(self, name: str) -> None:
        file = _STATIC / name
        if file.parent != _STATIC or file.suffix not in _KINDS or not file.is_file():
            self._send(b"", "text/plain", status=HTTPStatus.NOT_FOUND)
        else:
            self._send(file.read_bytes(), _KINDS[file.suffix])

    def _send(
        self,
        body: bytes,
        kind: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        policy: str = "default-src 'none'",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _go(
        self, address: str, *, cart: pages.Cart | None = None, client: str | None = None
    ) -> None:
        """See other; with a cart, that cart is kept in the cookie; with `client`, that log-in."""
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        if cart is not None:
            value = quote("|".join(f"{slug}:{quantity}" for slug, quantity in cart.items()))
            self.send_header("Set-Cookie", f"panier={value}; Path=/; SameSite=Lax; HttpOnly")
        if client is not None:
            age = SESSION_SECONDS if client else 0
            kept = f"client={client}; Path=/; SameSite=Lax; HttpOnly; Max-Age={age}"
            self.send_header("Set-Cookie", kept)
        self.end_headers()
