"""The main job, end to end, in real browsers across two sites and on real processes.

Camille refers Thomas, Thomas orders on the shop, the cagnotte fills, she takes a prize, the
merchant hands it over, and Thomas sends his order back.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy.local.stack import Stack
from tests.fixtures.outside import Shop
from tests.journeys.conftest import money, open_space, plain, until_shown

pytestmark = [pytest.mark.browser, pytest.mark.stack]

Person = Callable[[str], Page]


def log_in(page: Page, world: Shop, home: str) -> None:
    """The owner of the demo's merchant."""
    owner = world.stack.demo["logins"][0]
    page.goto(f"{home}/connexion")
    page.get_by_label("Adresse e-mail").fill(owner["email"])
    page.get_by_label("Mot de passe", exact=True).fill(owner["password"])
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url(f"{home}/")


def offer_prize(page: Page, home: str, name: str) -> None:
    page.goto(f"{home}/recompenses/ajouter")
    page.get_by_label("Nom du lot").fill(name)
    page.get_by_label("Coût dans la cagnotte").fill("6")
    page.get_by_role("button", name="Enregistrer le lot").click()
    expect(page.get_by_text(f"« {name} » proposé").first).to_be_visible()


def buy(page: Page, shop: str, email: str) -> str:
    """Put a lamp into the cart and order it; the order's number."""
    page.goto(f"{shop}/")
    page.locator(".grid a").first.click()
    page.get_by_role("button", name="Ajouter au panier").click()
    page.get_by_role("link", name="Commander").click()
    page.get_by_label("Prénom").fill("Thomas")
    page.get_by_label("Nom", exact=True).fill("Le Goff")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Code de parrainage").fill("")  # the cookie alone has to do it
    with page.expect_response(re.compile(r"/w/orders$")) as report:
        page.get_by_role("button", name=re.compile("Payer")).click()
    assert report.value.status == 202
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci Thomas")
    return page.locator("main strong").first.inner_text()


def test_from_a_shared_link_to_a_prize_and_a_refund(
    stack: Stack, world: Shop, person: Person
) -> None:
    """SP-01, SP-07, SP-11, SP-17, R4; the referral crosses from our site to the shop's."""
    home, shop = stack.url("maison-lumen"), stack.shop_url
    camille_at, thomas_at = (
        f"{who}-{world.name.lower()}@exemple.fr" for who in ("camille", "thomas")
    )
    prize = f"Bougie {world.name}"
    world.post("accounts", {"customer": {"email": camille_at, "first_name": "Camille"}})
    claire, camille, thomas = person("Claire"), person("Camille"), person("Thomas")
    log_in(claire, world, home)
    offer_prize(claire, home, prize)

    # Camille opens her cagnotte and copies her link.
    open_space(camille, world, home, camille_at, "Camille")
    camille.locator("button.share[data-copy]").click()
    link = camille.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{home}/r/CAMILLE-")

    # Thomas follows it; the shop keeps nothing before he agrees, and then on its own site.
    thomas.goto(link)
    expect(thomas.get_by_role("heading", level=1)).to_contain_text("Camille vous invite")
    thomas.get_by_role("link", name="Découvrir la boutique").click()
    thomas.wait_for_url(re.compile(re.escape(shop)))
    expect(thomas.locator(".consent")).to_be_visible()
    assert "ricochet_ref" not in {c["name"] for c in thomas.context.cookies()}
    thomas.get_by_role("button", name="Accepter").click()
    expect(thomas.locator(".consent")).to_be_hidden()
    [kept] = [c for c in thomas.context.cookies() if c["name"] == "ricochet_ref"]
    assert kept["domain"] == "boutique-lumen.localhost"

    # He orders: the shop's server tells the API, the page tells the script's door.
    order = buy(thomas, shop, thomas_at)
    camille.goto(f"{home}/espace")
    waiting = plain(camille.locator("main").inner_text())
    assert re.search(r"8,00 € grâce à Thomas", waiting)
    assert re.search(r"Disponibles le \d", waiting)
    assert "une fois son délai de retour passé" in waiting

    # Time passes, the cagnotte fills, she takes a prize.
    world.delay_passes(order)
    until_shown(camille, re.compile(r"Parrainage de Thomas .*\+8,00 €"))
    expect(camille.locator(".wallet-amount")).to_have_text(money("8,00 €"))
    camille.get_by_role("link", name=f"Choisir {prize}").click()
    expect(camille.locator(".sum-total")).to_contain_text(money("2,00 €"))
    camille.locator("main form").get_by_role("button").click()
    expect(camille.locator("#mes-lots")).to_contain_text(prize)
    expect(camille.locator(".wallet-amount")).to_have_text(money("2,00 €"))

    # Claire sees the claim and hands it over; the order's page tells every step and why.
    claire.goto(f"{home}/recompenses/demandes?q={world.name}")
    row = claire.get_by_role("row").filter(has_text=prize)
    row.get_by_role("button", name="Remis").click()
    expect(claire.get_by_text(f"« {prize} » remis à Camille").first).to_be_visible()
    see_every_step(claire, home, order)

    # The shop refunds: the line of the reversal stands in both places.
    admin = person("Boutique")
    admin.goto(f"{shop}/admin")
    line = admin.locator(f"tr#{order}")
    line.get_by_role("button", name="Rembourser").click()
    expect(admin.locator(f"tr#{order}")).to_contain_text("remboursés")
    camille.goto(f"{home}/espace")
    gone = plain(camille.locator("main").inner_text())
    assert "6,00 € à compenser par vos prochains gains" in gone
    assert re.search(r"Parrainage de Thomas annulé.*−8,00 €", gone)
    claire.goto(f"{home}/commandes?q={order}")
    claire.get_by_role("link", name=order).first.click()
    expect(claire.locator("main")).to_contain_text("la commande a été remboursée")
    world.books_add_up()


def see_every_step(page: Page, home: str, order: str) -> None:
    """The page of the order: what was promised to whom, by which rule, and that it was paid."""
    page.goto(f"{home}/commandes?q={order}")
    page.get_by_role("link", name=order).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(order)
    text = plain(page.locator("main").inner_text())
    assert re.search(r"8,00 € promis à Camille pour ce parrainage.*règle n° 1", text)
    assert re.search(r"5,00 € promis à Thomas", text)
    assert re.search(r"8,00 € versés à Camille : le délai de retour est passé", text)
