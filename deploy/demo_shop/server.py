"""The shop's HTTP server: pages, cart in a cookie, orders in a file."""

import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from deploy.demo_shop import pages
from deploy.demo_shop.admin import admin
from deploy.demo_shop.cagnotte import Cagnottes
from deploy.demo_shop.catalogue import BY_SLUG
from deploy.demo_shop.orders import OrderBook
from deploy.demo_shop.ricochet import Ricochet, Script

_STATIC = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_LARGEST_FORM = 20_000
_MOST_PIECES = 20
_FORM_FIELDS = ("first_name", "last_name", "email", "code")


@dataclass
class Shop:
    """What the pages need. `tracker_only`: orders reach Ricochet through the browser alone."""

    orders: OrderBook
    ricochet: Ricochet
    tracker_only: bool
    _script: Script | None = None
    cagnottes: Cagnottes = field(init=False)

    def __post_init__(self) -> None:
        self.cagnottes = Cagnottes(self.ricochet)

    def script(self) -> Script | None:
        """The script's address, asked for until Ricochet has answered once."""
        if self._script is None:
            self._script = self.ricochet.script()
        return self._script


class ShopServer(ThreadingHTTPServer):
    """Serves one shop."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], shop: Shop) -> None:
        self.shop = shop
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: ShopServer
    protocol_version = "HTTP/1.1"

    # ------------------------------------------------------------ requests
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        place, _, rest = url.path.strip("/").partition("/")
        shop = self.server.shop
        if place == "static":
            self._static(rest)
        elif url.path == "/":
            self._page("Lampes et bougies", pages.home())
        elif place == "produit" and rest in BY_SLUG:
            self._page(BY_SLUG[rest].name, pages.product_page(BY_SLUG[rest]))
        elif url.path == "/panier":
            self._page("Panier", pages.cart_page(self._cart()))
        elif url.path == "/commande":
            via = query.get("envoi", "script" if shop.tracker_only else "api")
            self._checkout(tracker_only=via == "script")
        elif place == "merci" and (order := shop.orders.by_token(rest)):
            self._page("Merci", pages.thanks(order))
        elif url.path == "/compte":
            self._page("Créer un compte", pages.account("", {}))
        elif url.path == "/admin":
            page = admin(shop.orders.all(), ricochet_url=shop.ricochet.url)
            self._page("Commandes", page)
        else:
            body = '<h1>Cette page n’existe pas</h1><p><a href="/">Retour à la boutique</a></p>'
            self._page("Introuvable", body, status=HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        form = self._form()
        if form is None:
            return
        match self.path.strip("/").split("/"):
            case ["panier", "ajouter"]:
                self._add_to_cart(form.get("product", ""))
            case ["panier", "vider"]:
                self._go("/panier", cart={})
            case ["commande"]:
                self._order(form)
            case ["compte"]:
                self._account(form)
            case ["admin", order_id, "confirmer"]:
                self._confirm(order_id)
            case ["admin", order_id, "rembourser"]:
                self._refund(order_id, form.get("amount", ""))
            case _:
                self._go("/")

    # ------------------------------------------------------------ what they do
    def _add_to_cart(self, slug: str) -> None:
        cart = self._cart()
        if slug in BY_SLUG:
            cart[slug] = min(cart.get(slug, 0) + 1, _MOST_PIECES)
        self._go("/panier", cart=cart)

    def _checkout(
        self,
        *,
        tracker_only: bool,
        error: str = "",
        values: dict[str, str] | None = None,
        basket: str = "",
    ) -> None:
        cart, values = self._cart(), values or {}
        cagnottes, email = self.server.shop.cagnottes, values.get("email", "")
        amount, basket = pages.totals(cart)[2], basket or secrets.token_hex(12)
        known = bool(cart) and not _what_is_wrong_with(email)
        body = pages.checkout(
            cart,
            tracker_only=tracker_only,
            error=error,
            values=values,
            basket=basket,
            quote=cagnottes.quote(basket, email=email, amount=amount) if known else None,
            held=cagnottes.of(basket, email=email, amount=amount) if known else None,
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        self._page("Commande", body, status=status)

    def _order(self, form: dict[str, str]) -> None:
        """Take the order down, tell Ricochet unless only the script shall, and say thank you."""
        cart = self._cart()
        tracker_only = form.get("via") == "script"
        values = {name: form.get(name, "").strip() for name in _FORM_FIELDS}
        basket, joins = form.get("basket", "")[:40], form.get("join") == "1"
        shown = values | ({"join": "1"} if joins else {})
        lines, _, total = pages.totals(cart)
        shop = self.server.shop
        step = form.get("step", "pay")
        if cart and step in ("quote", "use", "drop"):
            error = self._cagnotte(step, basket, email=values["email"], amount=total)
            self._checkout(tracker_only=tracker_only, error=error, values=shown, basket=basket)
            return
        if error := _what_is_missing(values):
            self._checkout(tracker_only=tracker_only, error=error, values=shown, basket=basket)
            return
        if not cart:
            self._go("/panier")
            return
        had = shop.cagnottes.holds(basket)
        held = shop.cagnottes.of(basket, email=values["email"], amount=total)
        if had and held is None:
            error = "Votre commande a changé. Regardez de nouveau votre cagnotte."
            self._checkout(tracker_only=tracker_only, error=error, values=shown)
            return
        if held is not None:
            lines = [*lines, (held.label, -held.discount)]
            total -= held.discount
            tracker_only = False  # only the shop's server may spend a cagnotte
        order = shop.orders.place(
            lines=lines,
            amount=total,
            visitor=self._cookie("ricochet_ref"),
            points_hold=held.id if held else "",
            join_loyalty=joins,
            **values,
        )
        shop.cagnottes.paid(basket)
        if not tracker_only:
            self._tell(order.id)
        self._go(f"/merci/{order.token}", cart={})

    def _cagnotte(self, step: str, basket: str, *, email: str, amount: int) -> str:
        """Hold the cagnotte for this basket, or give it up; a sentence where it did not work."""
        if error := _what_is_wrong_with(email):
            return error
        cagnottes = self.server.shop.cagnottes
        if step == "use":
            return cagnottes.use(basket, email=email, amount=amount)
        if step == "drop":
            cagnottes.drop(basket)
        return ""

    def _account(self, form: dict[str, str]) -> None:
        values = {name: form.get(name, "").strip() for name in _FORM_FIELDS}
        if error := _what_is_missing(values):
            page = pages.account(error, values)
            self._page("Créer un compte", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        else:
            self._page("Bienvenue", pages.account_made(values))

    def _confirm(self, order_id: str) -> None:
        self._tell(order_id)
        self._go(f"/admin#{quote(order_id)}")

    def _tell(self, order_id: str) -> None:
        """Send an order by the API. An answer other than yes never stops the customer."""
        shop = self.server.shop
        if order := shop.orders.get(order_id):
            answer = shop.ricochet.send_order(order)
            order.sent = order.sent or answer.accepted
            order.notes.append(answer.text)
            shop.orders.save()

    def _refund(self, order_id: str, typed: str) -> None:
        """Refund what was typed. Ricochet judges the amount: its refusal is shown."""
        shop = self.server.shop
        order = shop.orders.get(order_id)
        digits = typed.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
        whole, _, part = digits.replace("€", "").replace(".", ",").partition(",")
        if order and f"{whole}{part}".isdecimal() and len(part) <= 2:
            amount = int(whole or 0) * 100 + int(part.ljust(2, "0"))
            answer = shop.ricochet.send_refund(order, number=len(order.refunds) + 1, amount=amount)
            if answer.accepted:
                order.refunds.append(amount)
            order.notes.append(answer.text)
            shop.orders.save()
        self._go(f"/admin#{quote(order_id)}")

    # ------------------------------------------------------------ reading and answering
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

    def _cart(self) -> pages.Cart:
        """`halo:1|trio:2`, without what the shop does not sell."""
        cart: pages.Cart = {}
        for entry in unquote(self._cookie("panier")).split("|"):
            slug, _, quantity = entry.partition(":")
            if slug in BY_SLUG and quantity.isdecimal() and 0 < int(quantity) <= _MOST_PIECES:
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
        )
        theirs = shop.ricochet.url
        policy = (
            f"default-src 'none'; script-src 'self' {theirs}; connect-src 'self' {theirs}; "
            "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
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

    def _go(self, address: str, *, cart: pages.Cart | None = None) -> None:
        """See other; with a cart, that cart is kept in the cookie."""
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        if cart is not None:
            value = quote("|".join(f"{slug}:{quantity}" for slug, quantity in cart.items()))
            self.send_header("Set-Cookie", f"panier={value}; Path=/; SameSite=Lax; HttpOnly")
        self.end_headers()


def _what_is_missing(values: dict[str, str]) -> str:
    """A sentence on the first field to correct, or nothing."""
    if not values["first_name"] or not values["last_name"]:
        return "Saisissez votre prénom et votre nom."
    return _what_is_wrong_with(values["email"])


def _what_is_wrong_with(email: str) -> str:
    name, at, domain = email.partition("@")
    if not (name and at and "." in domain) or " " in email:
        return "Saisissez une adresse e-mail complète, comme camille@exemple.fr."
    return ""
