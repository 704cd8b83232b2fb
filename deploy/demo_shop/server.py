"""The shop's HTTP server: pages, cart in a cookie, orders in a file."""

import secrets
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

from deploy.demo_shop import account, pages
from deploy.demo_shop.admin import admin
from deploy.demo_shop.catalogue import BY_SLUG
from deploy.demo_shop.exchange import MOST_PIECES, Exchange, Shop

_FORM_FIELDS = ("first_name", "last_name", "email", "code")


class ShopServer(ThreadingHTTPServer):
    """Serves one shop."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], shop: Shop) -> None:
        self.shop = shop
        super().__init__(address, _Handler)


class _Handler(Exchange):
    server: ShopServer

    # ------------------------------------------------------------ requests
    def do_GET(self) -> None:  # noqa: N802  http.server calls it so
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
        elif url.path == "/connexion":
            page = account.log_in("", email="", back=query.get("retour", "compte"))
            self._page("Se connecter", page)
        elif url.path == "/compte/creer":
            self._page("Créer un compte", account.create("", {}))
        elif place == "compte":
            self._account(rest)
        elif url.path == "/admin":
            page = admin(shop.orders.all(), ricochet_url=shop.ricochet.url)
            self._page("Commandes", page)
        else:
            body = '<h1>Cette page n’existe pas</h1><p><a href="/">Retour à la boutique</a></p>'
            self._page("Introuvable", body, status=HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:  # noqa: N802
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
            case ["connexion"]:
                self._send_code(form)
            case ["connexion", "code"]:
                self._log_in(form)
            case ["deconnexion"]:
                shop = self.server.shop
                shop.customers.leave(self._cookie("client"))
                self._go("/", client="")
            case ["compte", "creer"]:
                self._create_account(form)
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
            cart[slug] = min(cart.get(slug, 0) + 1, MOST_PIECES)
        self._go("/panier", cart=cart)

    def _checkout(
        self,
        *,
        tracker_only: bool,
        error: str = "",
        values: dict[str, str] | None = None,
        basket: str = "",
    ) -> None:
        cart, who = self._cart(), self._who()
        cagnottes = self.server.shop.cagnottes
        values = values or self._last_names(who)
        amount, basket = pages.totals(cart)[2], basket or secrets.token_hex(12)
        # A cagnotte is shown to the person who is logged in, whatever address somebody types.
        known = bool(cart and who)
        body = pages.checkout(
            cart,
            tracker_only=tracker_only,
            error=error,
            values=values,
            basket=basket,
            who=who,
            quote=cagnottes.quote(basket, email=who, amount=amount) if known else None,
            held=cagnottes.of(basket, email=who, amount=amount) if known else None,
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        self._page("Commande", body, status=status)

    def _order(self, form: dict[str, str]) -> None:
        """Take the order down, tell Ricochet unless only the script shall, and say thank you."""
        cart = self._cart()
        tracker_only = form.get("via") == "script"
        values = {name: form.get(name, "").strip() for name in _FORM_FIELDS}
        who = self._who()
        values["email"] = who or values["email"]
        basket, joins = form.get("basket", "")[:40], form.get("join") == "1"
        shown = values | ({"join": "1"} if joins else {})
        lines, _, total = pages.totals(cart)
        shop = self.server.shop
        step = form.get("step", "pay")
        if cart and step in ("use", "drop"):
            if not who:
                self._go("/connexion?retour=commande")
                return
            error = self._cagnotte(step, basket, email=who, amount=total)
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
        cagnottes = self.server.shop.cagnottes
        if step == "use":
            return cagnottes.use(basket, email=email, amount=amount)
        cagnottes.drop(basket)
        return ""

    # ------------------------------------------------------------ customers
    def _account(self, part: str) -> None:
        """The account of whoever is logged in, or their cagnotte; others are asked to log in."""
        shop, who = self.server.shop, self._who()
        if part not in ("", "cagnotte"):
            self._go("/compte")
        elif not who:
            self._go(f"/connexion?retour={part or 'compte'}")
        elif part:
            name = self._last_names(who).get("first_name", "")
            self._go(shop.ricochet.cagnotte_url(email=who, first_name=name))
        else:
            own = [order for order in shop.orders.all() if order.email.casefold() == who]
            self._page("Mon compte", account.home(who, own))

    def _send_code(self, form: dict[str, str]) -> None:
        email, back = form.get("email", "").strip(), form.get("retour", "compte")
        ticket, error = "", _what_is_wrong_with(email)
        if not error:
            ticket, error = self._code_for(email)
        if error:
            page = account.log_in(error, email=email, back=back)
            self._page("Se connecter", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        else:
            self._page("Se connecter", account.code("", ticket=ticket, back=back))

    def _code_for(self, email: str) -> tuple[str, str]:
        """Send a code: its ticket, or a sentence where none could leave."""
        try:
            ticket = self.server.shop.customers.ask(email)
        except OSError:
            return "", "Le code n’a pas pu partir. Réessayez dans un instant."
        return ticket, "" if ticket else "Attendez une heure avant de demander un autre code."

    def _log_in(self, form: dict[str, str]) -> None:
        ticket, back = form.get("billet", ""), form.get("retour", "")
        token = self.server.shop.customers.enter(ticket, form.get("code", ""))
        if token:
            self.server.shop.customers.leave(self._cookie("client"))
            self._go(account.PLACES.get(back, "/compte"), client=token)
            return
        error = "Ce code ne correspond pas, ou n’est plus valable. Vérifiez les six chiffres."
        page = account.code(error, ticket=ticket, back=back)
        self._page("Se connecter", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _create_account(self, form: dict[str, str]) -> None:
        values = {name: form.get(name, "").strip() for name in _FORM_FIELDS}
        if error := _what_is_missing(values):
            page = account.create(error, values)
            self._page("Créer un compte", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        else:
            ticket, _error = self._code_for(values["email"])
            self._page("Bienvenue", account.created(values, ticket=ticket))

    def _last_names(self, who: str) -> dict[str, str]:
        """The name of a customer who is logged in, from their last order here."""
        for order in self.server.shop.orders.all() if who else ():
            if order.email.casefold() == who:
                return {"first_name": order.first_name, "last_name": order.last_name}
        return {}

    # ------------------------------------------------------------ the merchant
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
