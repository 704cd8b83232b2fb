"""Customers of the demo shop: their log-in, and the cagnotte that only they can spend."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

from deploy.demo_shop.customers import CODES_AN_HOUR, MOST_TRIES, Customers
from tests.local.shopping import (
    BUYER,
    CODES,
    Buyer,
    Platform,
    asks,
    log_in,
    open_shop,
    paths,
    refused,
    serve,
)


def test_the_cagnotte_is_read_held_shown_on_the_order_and_named_by_it(buyer: Buyer) -> None:
    """SO-07, SO-08, SO-09, from the shop's server."""
    buyer.posts("/panier/ajouter", product="halo")
    page = log_in(buyer)
    assert "Cette commande vous rapporte 1,68\u00a0€" in page
    assert "Utiliser 12,40\u00a0€ de ma cagnotte" in page
    assert "http://example.test/programme" in page
    page = buyer.posts("/commande", step="use", basket="b1", join="1", **BUYER)
    assert '<th scope="row">Ma cagnotte Lumen</th><td>−12,40\u00a0€</td>' in page
    assert "Payer 71,60\u00a0€" in page
    buyer.posts("/commande", step="pay", basket="b1", join="1", **BUYER)
    order = next(body for path, _h, body in Platform.posted if path == "/api/v1/orders")
    assert (order["amount"], order["points_hold"], order["join_loyalty"]) == (7160, "hld_1", True)


def test_nobody_sees_or_spends_a_cagnotte_by_knowing_its_address(buyer: Buyer) -> None:
    """Logged out, the address that is typed asks Ricochet nothing; logged in, it is not read."""
    buyer.posts("/panier/ajouter", product="halo")
    assert "Connectez-vous pour voir" in buyer.opens("/commande")
    page = buyer.posts("/commande", step="use", basket="b1", **BUYER)
    assert "<h1>Se connecter</h1>" in page and paths() == []
    log_in(buyer, "autre@example.fr")
    buyer.posts("/commande", step="use", basket="b1", **BUYER)
    asked = {body["customer"]["email"] for _path, _headers, body in Platform.posted}
    assert asked == {"autre@example.fr"}
    buyer.posts("/commande", step="pay", basket="b1", **BUYER)
    [order] = [body for path, _h, body in Platform.posted if path == "/api/v1/orders"]
    assert order["customer"]["email"] == "autre@example.fr"


def test_a_cagnotte_is_given_up_by_hand_and_when_the_basket_or_the_person_changes(
    buyer: Buyer,
) -> None:
    buyer.posts("/panier/ajouter", product="halo")
    log_in(buyer)
    buyer.posts("/commande", step="use", basket="b1", **BUYER)
    page = buyer.posts("/commande", step="drop", basket="b1", **BUYER)
    assert "Payer 84,00\u00a0€" in page
    assert paths().count("/api/v1/checkout/holds/hld_1") == 1
    buyer.posts("/commande", step="use", basket="b1", **BUYER)
    log_in(buyer, "autre@example.fr")
    status, page = refused(buyer, "/commande", step="pay", basket="b1", **BUYER)
    assert status == 422 and "Votre commande a changé" in page
    assert paths().count("/api/v1/checkout/holds/hld_1") == 2
    assert "/api/v1/orders" not in paths()


def test_the_account_leads_to_the_cagnotte_by_a_signed_link(buyer: Buyer) -> None:
    """SP-06: no second log-in."""
    assert "<h1>Se connecter</h1>" in buyer.opens("/compte")
    assert "Mes commandes" in log_in(buyer, back="compte")
    status, _page, target = asks(buyer, "/compte/cagnotte")
    assert status == 303
    head, _, token = target.partition("?lien=")
    assert head.endswith("/espace/boutique")
    key, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert said["customer"]["email"] == BUYER["email"]
    expected = hmac.new(b"rs_x", f"espace.{key}.{body}".encode(), hashlib.sha256).hexdigest()
    assert (key, signature) == ("shk_x", expected)
    buyer.posts("/deconnexion")
    assert "<h1>Se connecter</h1>" in buyer.opens("/compte/cagnotte")


def test_a_code_works_once_for_ten_minutes_and_a_few_tries() -> None:
    now = 0.0
    customers = Customers(post=lambda email, code: CODES.append((email, code)), clock=lambda: now)
    ticket = customers.ask("Thomas@example.fr")
    code = CODES[-1][1]
    wrong = "000000" if code != "000000" else "111111"
    assert customers.enter("another", code) == "" == customers.enter(ticket, wrong)
    token = customers.enter(ticket, f" {code[:3]} {code[3:]}")
    assert customers.who(token) == "thomas@example.fr"
    assert customers.enter(ticket, code) == ""
    customers.leave(token)
    assert customers.who(token) == ""
    ticket = customers.ask("thomas@example.fr")
    code = CODES[-1][1]
    for _turn in range(MOST_TRIES):
        customers.enter(ticket, "abc")
    assert customers.enter(ticket, code) == ""
    late = customers.ask("thomas@example.fr")
    now = 601.0
    assert customers.enter(late, CODES[-1][1]) == ""
    tickets = [customers.ask("thomas@example.fr") for _turn in range(CODES_AN_HOUR)]
    assert "" in tickets and tickets[0]


def test_a_code_that_cannot_leave_is_said_and_an_account_is_made_all_the_same(
    tmp_path: Path, platform: int
) -> None:
    def fail(_email: str, _code: str) -> None:
        raise ConnectionRefusedError

    server = open_shop(tmp_path, platform)
    server.shop.customers.post = fail
    thread = serve(server)
    buyer = Buyer(server.server_port)
    status, page = refused(buyer, "/connexion", email=BUYER["email"])
    assert status == 422 and "n’a pas pu partir" in page
    assert "Bienvenue Thomas" in buyer.posts("/compte/creer", **BUYER)
    server.shutdown()
    server.server_close()
    thread.join()
