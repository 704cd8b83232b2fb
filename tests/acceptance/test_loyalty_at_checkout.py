"""Loyalty for consumer shops: the SO rows, through the pages, the API and the space."""

from typing import Any

import pytest
from django.utils import timezone

from tenants import features
from tenants.features import Feature
from tenants.loyalty import versions as loyalty
from tenants.loyalty.models import MembershipMode
from tests.acceptance.conftest import Lumen, words
from tests.fixtures.tenants import TenantClient

RULES = {
    "checkout_on": "on",
    "line_label": "Ma cagnotte Lumen",
    "most_points": "",
    "minimum_order": "0,00",
    "text": "# Bienvenue\n\nGagnez à **chaque commande**.",
}
LEA = "lea@exemple.fr"


@pytest.fixture
def shop(lumen: Lumen) -> Lumen:
    """A programme in points: 1 point for 1 €, a point worth 0,01 €, used at checkout."""
    from tenants.programme import versions
    from tests.acceptance.conftest import STARTED

    versions.publish(now=STARTED, unit="PTS", referrer_amount=100, referee_amount=50)
    rules(lumen)
    return lumen


def rules(lumen: Lumen, **changes: str) -> None:
    fields = {**RULES, "point_value": "0,01", **changes}
    if fields["checkout_on"] == "":
        del fields["checkout_on"]
    answer = lumen.send("/fidelite/commande", **fields)
    assert answer.status_code == 302, words(answer.content.decode())


def call(lumen: Lumen, path: str, **body: Any) -> dict[str, Any]:
    answer = lumen.call(path, {"currency": "EUR", "customer": {"email": LEA}, **body})
    assert answer.status_code in (200, 201), answer.content
    found: dict[str, Any] = answer.json()
    return found


def quote(lumen: Lumen, amount: int = 5000) -> dict[str, Any]:
    return call(lumen, "checkout/quotes", amount=amount)


def usable(lumen: Lumen, amount: int = 5000) -> tuple[int, int, str | None]:
    found = quote(lumen, amount)["usable"]
    return found["points"], found["discount"], found["reason"]


def test_so01_the_programme_at_checkout_is_for_who_asked_for_it(shop: Lumen) -> None:
    shop.order("L-1", LEA, amount=5000)
    rules(shop, checkout_on="")
    assert usable(shop) == (0, 0, "checkout_off")
    rules(shop)
    assert usable(shop) == (50, 50, None)
    features.switch(tenant_id=shop.tenant.id, off=[Feature.LOYALTY])
    refused = shop.call("checkout/quotes", {"amount": 5000, "currency": "EUR",
                                            "customer": {"email": LEA}})  # fmt: skip
    assert (refused.status_code, refused.json()["code"]) == (403, "feature_off")
    assert shop.office().get("/fidelite/commande").status_code == 404


def test_so02_the_advantage_is_a_line_with_the_merchants_name(shop: Lumen) -> None:
    shop.order("L-1", LEA, amount=5000)
    rules(shop, line_label="Bons points")
    assert quote(shop)["usable"]["line"] == {
        "label": "Bons points", "quantity": 50, "unit_amount_decimal": "-1", "amount": -50,
        "tax": "exempt", "category": "loyalty", "sellable": False,
    }  # fmt: skip


def test_so04_the_most_points_on_one_order_and_empty_for_no_limit(shop: Lumen) -> None:
    shop.order("L-1", LEA, amount=50_000)
    assert usable(shop)[0] == 500
    rules(shop, most_points="120")
    assert usable(shop)[0] == 120
    rules(shop, most_points="")
    assert usable(shop)[0] == 500


def test_so05_the_minimum_order_to_use_points(shop: Lumen) -> None:
    shop.order("L-1", LEA, amount=5000)
    rules(shop, minimum_order="40,00")
    assert usable(shop, 3999) == (0, 0, "order_too_small")
    assert usable(shop, 4000)[0] == 50


def test_so06_fifty_euros_earn_fifty_points_that_save_fifty_cents(shop: Lumen) -> None:
    assert quote(shop)["earns"] == 50
    shop.order("L-1", LEA, amount=5000)
    assert usable(shop) == (50, 50, None)
    held = call(shop, "checkout/holds", id="P-1", amount=5000, points=50)
    paid = shop.order("L-2", LEA, amount=4950, points_hold=held["id"])
    assert (paid["points"]["used"], paid["points"]["discount"]) == (50, 50)


def test_so07_a_ticked_box_joins_and_the_order_says_what_it_earns(shop: Lumen) -> None:
    loyalty.publish(now=timezone.now(), membership=MembershipMode.JOINED)
    seen = quote(shop)
    assert (seen["member"], seen["joining_needed"], seen["earns"]) == (False, True, 50)
    shop.order("L-0", "autre@exemple.fr", amount=5000)
    shop.order("L-1", LEA, amount=5000, join_loyalty=True)
    seen = quote(shop)
    assert (seen["member"], seen["available"]) == (True, 50)


def test_so08_a_page_that_the_merchant_writes_explains_the_programme(shop: Lumen) -> None:
    address = quote(shop)["explanation_url"]
    assert address.endswith("/programme")
    rules(shop, text="# Nos règles\n\n**Merci** <script>alert(1)</script> [ici](javascript:x)")
    answer = TenantClient(shop.tenant).get("/programme")
    html = answer.content.decode()
    assert "<h2>Nos règles</h2>" in html
    assert "<strong>Merci</strong>" in html
    assert "<script" not in html
    assert "javascript:" not in html.partition("<main")[2].replace("(javascript:x)", "")
    assert "1 point par euro" in words(html)
    assert len(answer.content) < 50_000


def test_so09_points_are_used_where_the_amount_allows_it_and_show_on_the_order(
    shop: Lumen,
) -> None:
    shop.order("L-1", LEA, amount=5000)
    rules(shop, minimum_order="40,00")
    small = {"id": "P-1", "amount": 3000, "currency": "EUR", "customer": {"email": LEA}}
    refused = shop.call("checkout/holds", {**small, "points": 50})
    assert (refused.status_code, refused.json()["code"]) == (409, "points_not_usable")
    held = call(shop, "checkout/holds", id="P-2", amount=5000, points=50)
    assert held["line"]["amount"] == -50
    shop.order("L-2", LEA, amount=4950, points_hold="P-2")
    number = shop.read("orders/L-2")
    assert number["points"]["used"] == 50
    assert "a utilisé 50 points" in shop.page(f"/commandes/{number['id']}")


def test_so10_the_customer_follows_points_in_a_tab_beside_their_orders(shop: Lumen) -> None:
    shop.order("L-1", LEA, amount=5000)
    held = call(shop, "checkout/holds", id="P-2", amount=5000, points=30)
    shop.order("L-2", LEA, amount=4970, points_hold=held["id"])
    space = shop.space(LEA)
    assert "Fidélité Mes commandes" in shop.page("/espace", space)
    tab = shop.page("/espace/fidelite", space)
    assert "À utiliser 69 points" in tab
    assert "Utilisé à la commande" in tab
    assert "Chaque commande payée rapporte 1 point par euro" in tab
    orders = shop.page("/espace/commandes", space)
    assert "Commande n° L-2" in orders
    assert "30 points utilisés" in orders
