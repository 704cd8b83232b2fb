"""A customer pays a part of an order with the cagnotte, in a real browser, across the two sites."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy.local.stack import Stack
from tests.fixtures.outside import Shop
from tests.journeys.conftest import plain

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def words(page: Page) -> str:
    return plain(page.locator("main").inner_text())


def test_the_cagnotte_pays_a_part_of_an_order_and_comes_back_with_its_refund(
    stack: Stack, world: Shop, person: Callable[[str], Page]
) -> None:
    """SO-02, SO-06, SO-08, SO-09."""
    home, shop = stack.url("maison-lumen"), stack.shop_url
    email = f"lea-{world.name.lower()}@exemple.fr"
    first = {
        "id": f"{world.name}-first", "amount": 50_000, "currency": "EUR",
        "customer": {"email": email, "first_name": "Léa"},
    }  # fmt: skip
    assert world.post("orders", first).status == 201  # 2 % of 500 €

    lea = person("Léa")
    lea.goto(f"{shop}/produit/halo")
    lea.get_by_role("button", name="Ajouter au panier").click()
    lea.get_by_role("link", name="Commander").click()
    lea.get_by_label("Adresse e-mail").fill(email)  # knowing an address shows nothing of it
    expect(lea.get_by_text("Connectez-vous pour voir")).to_be_visible()
    log_in_at_shop(lea, world, email)
    lea.get_by_label("Prénom").fill("Léa")
    lea.get_by_label("Nom", exact=True).fill("Marchand")
    expect(lea.get_by_text("Cette commande vous rapporte")).to_contain_text("1,68")

    explained = lea.get_by_role("link", name="Comment ça marche")
    with lea.context.expect_page() as opened:
        explained.click()
    page = opened.value
    assert page.url == f"{home}/programme"
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment ça marche")
    page.close()

    lea.get_by_role("button", name=re.compile("Utiliser 10,00")).click()
    assert "Ma cagnotte Lumen −10,00 €" in words(lea)
    lea.get_by_role("button", name="Ne pas utiliser ma cagnotte").click()
    expect(lea.get_by_role("button", name=re.compile("Payer 84,00"))).to_be_visible()
    lea.get_by_role("button", name=re.compile("Utiliser 10,00")).click()
    lea.get_by_role("button", name=re.compile("Payer 74,00")).click()
    expect(lea.get_by_role("heading", level=1)).to_have_text("Merci Léa")
    order = lea.locator("main strong").first.inner_text()
    assert used(world, order) == [(1_000, "used")]

    lea.goto(f"{shop}/admin")
    row = lea.locator(f"[id='{order}']")
    row.get_by_role("button", name="Rembourser").click()
    expect(lea.locator(f"[id='{order}']")).to_contain_text("74,00")
    assert balance(world, email) == 1_000
    world.books_add_up()


def log_in_at_shop(page: Page, world: Shop, email: str) -> None:
    """Log in at the shop, from its checkout, by the code that it sends."""
    page.locator("fieldset").get_by_role("link", name="Se connecter").click()
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir mon code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez vos e-mails")
    page.get_by_label("Code à six chiffres").fill(code_sent(world, email))
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Commande")


def code_sent(world: Shop, email: str) -> str:
    """The code in the newest email that the shop sent to this address."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for mail in world.stack.mails(to=email):
            if found := re.search(r"code de connexion\D+(\d{6})", mail["subject"]):
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no code came to {email}")


def used(world: Shop, order: str) -> list[tuple[int, str]]:
    return world.ask(  # type: ignore[return-value]
        "SELECT h.points, h.state FROM loyalty_checkout_hold h"
        " JOIN activity_order o ON o.id = h.order_id WHERE o.external_id = %s",
        order,
    )


def balance(world: Shop, email: str) -> int:
    [(found,)] = world.ask(
        "SELECT a.posted FROM ledger_account a JOIN profiles_profile p ON p.id = a.owner_id"
        " WHERE a.kind = 'wallet' AND p.email = %s",
        email,
    )
    return int(found)
