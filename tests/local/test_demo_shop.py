"""The demo shop talks to Ricochet as a merchant's shop does, and sells without it."""

import re
from pathlib import Path

from deploy.demo_shop.pages import euros
from deploy.local.processes import free_port
from tests.local.shopping import BUYER, CLICK, Buyer, Platform, open_shop, serve


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
