"""A stranger becomes a merchant, in a real browser, with nobody's help: from the public site to the
first referral (O1, O2).

Léa reads the site, signs up, follows the email, answers three questions, shares a link; a friend
orders, and she sees who brought whom.
"""

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from deploy.local.commands import DOMAIN
from deploy.local.stack import Stack
from tests.fixtures.outside import Shop
from tests.journeys.conftest import newest_link, plain

pytestmark = [pytest.mark.browser, pytest.mark.stack]

PASSWORD = "quatre mots sans rapport"
MOST_FIELDS, MOST_SECONDS = 12, 600
# Told by the browser itself: each field that a person changes, once.
_WATCH = """
for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => {
  if (event.target.name) window.touched(location.pathname, event.target.name);
}, true);
document.addEventListener("DOMContentLoaded", () => {
  for (const card of document.querySelectorAll("input[autocomplete^=cc-], input[name*=card]")) {
    window.touched("card", card.name);
  }
});
"""


@dataclass
class Effort:
    """What it cost her: fields, and time."""

    fields: set[tuple[str, str]] = field(default_factory=set)
    started: float = field(default_factory=time.monotonic)

    def watch(self, page: Page) -> None:
        page.expose_function("touched", lambda path, name: self.fields.add((path, name)))
        page.add_init_script(_WATCH)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def test_from_the_public_site_to_the_first_referral(
    stack: Stack, person: Callable[[str], Page]
) -> None:
    """O1: at most 12 fields and 10 minutes from the sign-up to a live share link, and no card."""
    mark = uuid.uuid4().hex[:6]
    shop, email = f"Atelier Brume {mark}", f"lea-{mark}@exemple.fr"
    home = stack.url(f"atelier-brume-{mark}")
    lea, effort = person("Léa"), Effort()
    effort.watch(lea)
    site = home.replace(f"atelier-brume-{mark}.", "")
    assert DOMAIN in site

    sign_up(lea, site, shop=shop, email=email)
    confirm(lea, Shop(stack), home, shop=shop, email=email)
    publish(lea)
    link = share(lea, home, mark)
    assert not {name for path, name in effort.fields if path == "card"}
    assert len(effort.fields) <= MOST_FIELDS, sorted(effort.fields)
    assert effort.seconds <= MOST_SECONDS

    friend = person("Thomas")
    friend.goto(link)
    expect(friend.get_by_role("heading", level=1)).to_contain_text("Camille vous invite")
    code = link.rpartition("/r/")[2].partition("?")[0]
    order(lea, Shop(stack, merchant=f"atelier-brume-{mark}"), home, code=code, mark=mark)
    lea.goto(home + "/")
    reads(lea, r"Nouveaux clients parrainés 1 ")
    lea.goto(f"{home}/parrainage")
    reads(lea, r"Camille.*Thomas|Thomas.*Camille")


def sign_up(page: Page, site: str, *, shop: str, email: str) -> None:
    page.goto(site + "/")
    page.get_by_role("link", name="Créer mon programme").first.click()
    page.get_by_label("Nom de votre boutique").press_sequentially(shop)
    expect(page.locator("#address-state")).to_contain_text("est libre")
    page.get_by_label("Votre adresse e-mail").fill(email)
    page.get_by_role("checkbox").check()
    page.wait_for_timeout(2_000)  # a person takes longer; a program is asked to
    page.get_by_role("button", name="Recevoir mon lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez votre messagerie")


def confirm(page: Page, world: Shop, home: str, *, shop: str, email: str) -> None:
    page.goto(newest_link(world, email, "/inscription/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ouvrir {shop}")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon back-office").click()
    page.wait_for_url(re.compile(re.escape(home) + "/compte/arrivee/"))
    page.get_by_role("button", name="Ouvrir").click()
    # Logged in, as the owner, at the first question of the guided set-up.
    page.wait_for_url(f"{home}/mise-en-route/objectif")


def publish(page: Page) -> None:
    """Three questions, then on with what is proposed (O2)."""
    page.locator("[name=trade]").select_option("home")
    page.locator("[name=average_basket]").fill("62,40")
    page.locator("[name=margin]").fill("44")
    for _step in range(7):
        reads(page, r"Coût d’un nouveau client")
        page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mise en ligne")
    page.get_by_role("button", name="Publier le programme").click()
    expect(page.get_by_text("Votre programme est en ligne").first).to_be_visible()


def share(page: Page, home: str, mark: str) -> str:
    """Her first customer, and the link that customer passes on."""
    page.goto(f"{home}/clients/ajouter")
    page.locator("[name=first_name]").fill("Camille")
    page.locator("[name=email]").fill(f"camille-{mark}@exemple.fr")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/clients/cus_\w+$"))
    page.get_by_role("link", name="Créer son lien").click()
    page.locator("main form button.btn-primary").click()  # the code as proposed
    page.wait_for_url(re.compile(r"/clients/cus_\w+$"))
    link = page.locator("[data-copy*='/r/']").first.get_attribute("data-copy")
    assert link is not None and link.startswith(f"{home}/r/")
    return link


def order(page: Page, shop: Shop, home: str, *, code: str, mark: str) -> None:
    """Her shop's server tells of the friend's order, under a key that she makes."""
    page.goto(f"{home}/reglages/cles")
    page.get_by_role("link", name="Créer une clé").first.click()
    page.get_by_label("Nom").fill("Boutique")
    page.get_by_label("Envoyer des commandes et des remboursements").check()
    page.get_by_role("button", name="Créer la clé").click()
    shop.secret = page.locator("[data-copy^=rk_live]").first.get_attribute("data-copy") or ""
    friend = {"email": f"thomas-{mark}@exemple.fr", "first_name": "Thomas"}
    body = {"id": f"B-{mark}", "amount": 8_400, "currency": "EUR", "customer": friend}
    answer = shop.post("orders", {**body, "referral_code": code})
    assert answer.status == 201, answer


def reads(page: Page, words: str) -> None:
    """These words come to stand on the page."""
    deadline = time.monotonic() + 20
    while not re.search(words, found := plain(page.locator("main").inner_text()), re.S):
        assert time.monotonic() < deadline, f"{words}\n{found}"
        page.wait_for_timeout(100)
