"""A merchant's day in a real browser, from the invitation to the accountant's file.

Jeanne's shop is new: nothing is there before she comes. Facts arrive at the HTTP API, under a key
that she makes herself.
"""

import csv
import io
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deploy.local.stack import Stack
from tests.fixtures.outside import Shop
from tests.journeys.conftest import money, newest_link, open_space, plain, until_shown

pytestmark = [pytest.mark.browser, pytest.mark.stack]

STEPS = ("Votre objectif", "La cagnotte", "Vos récompenses", "Les premiers lots", "Les messages",
         "Votre boutique", "Vos clients actuels")  # fmt: skip
TOGETHER = "4 rue des Tilleuls, 69003 Lyon"


@dataclass
class Day:
    """Jeanne at her back office, and her shop's server."""

    jeanne: Page
    world: Shop
    home: str
    owner: str

    def open(self, path: str) -> None:
        self.jeanne.goto(f"{self.home}{path}")

    def reads(self, words: str) -> None:
        """These words come to stand on her page."""
        deadline = time.monotonic() + 20
        while not re.search(words, found := plain(self.jeanne.locator("main").inner_text())):
            assert time.monotonic() < deadline, f"{words}\n{found}"
            self.jeanne.wait_for_timeout(50)

    def email(self, who: str) -> str:
        return f"{who.lower()}-{self.world.name.lower()}@exemple.fr"

    def order(self, number: str, who: str, *, amount: int = 6_000, **more: Any) -> None:
        person = {"email": self.email(who), "first_name": who, "last_name": f"Le {who}"}
        body = {"id": number, "amount": amount, "currency": "EUR", "customer": person, **more}
        answer = self.world.post("orders", body)
        assert answer.status == 201, answer

    def record(self, who: str) -> None:
        """The record of this customer, found by search."""
        self.open(f"/clients?q={self.email(who)}")
        self.jeanne.get_by_role("link", name=who).first.click()
        expect(self.jeanne.get_by_role("heading", level=1)).to_contain_text(who)

    def subjects(self, address: str) -> list[str]:
        """The emails to an address, once everything has left."""
        self.world.wait_delivered()
        return [plain(mail["subject"]) for mail in self.world.stack.mails(to=address)]


def test_a_merchants_day(stack: Stack, person: Callable[[str], Page]) -> None:
    """O2, O3, R43, OF-06, FS-19, R39, B17: each step stands on what the one before left."""
    slug = f"tilleul-{uuid.uuid4().hex[:6]}"
    owner = f"jeanne@{slug}.fr"
    stack.manage("tenants", "create", slug, "--name", "Atelier Tilleul", "--owner", owner)
    day = Day(person("Jeanne"), Shop(stack, merchant=slug), stack.url(slug), owner)
    join_by_the_invitation(day)
    set_up_with_next_next_done(day)
    make_a_key(day)
    camille = person("Camille")
    code = first_referral(day, camille)
    decide_on_suspects(day, code)
    day.world.delay_passes("T-1")
    switch_on(day, "Campagnes et relances")
    send_a_campaign(day, person("Thomas"))
    offer_prizes_of_the_season(day, camille)
    switch_on(day, "Fidélité")
    publish_loyalty_rules(day)
    recalculate(day)
    refund(day, camille)
    read_the_accountants_file(day)
    day.world.books_add_up()


def join_by_the_invitation(day: Day) -> None:
    page = day.jeanne
    page.goto(newest_link(day.world, day.owner, "/invitation/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir l’espace d’Atelier Tilleul")
    page.get_by_label("Prénom").fill("Jeanne")
    page.get_by_label("Nom", exact=True).fill("Aubry")
    page.get_by_label("Mot de passe").fill("bougies et savons")
    page.get_by_role("button", name="Ouvrir mon espace").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Jeanne")
    day.reads("Pour bien commencer 0 étape faite sur 6")


def set_up_with_next_next_done(day: Day) -> None:
    page = day.jeanne
    page.get_by_role("link", name="Publier votre programme").click()
    for title in STEPS:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        day.reads(r"Coût d’un nouveau client 8,00 €")
        page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mise en ligne")
    day.reads(r"14 jours plus tard, Camille reçoit 6,00 € et Thomas reçoit 4,00 €")
    shown = page.frame_locator("iframe.space-preview")
    expect(shown.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    page.get_by_role("button", name="Publier le programme").click()
    expect(page.get_by_text("Votre programme est en ligne").first).to_be_visible()
    day.reads("2 étapes faites sur 6")


def make_a_key(day: Day) -> None:
    page = day.jeanne
    # The home leads on: customers first, then the shop.
    expect(page.get_by_role("link", name="Continuer Importer vos clients")).to_be_visible()
    page.get_by_role("link", name="Relier votre boutique").click()
    page.get_by_role("link", name="créer une clé d’API").click()
    page.get_by_role("link", name="Créer une clé").first.click()
    page.get_by_label("Nom").fill("Boutique")
    page.get_by_label("Envoyer des commandes et des remboursements").check()
    page.get_by_role("button", name="Créer la clé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre nouvelle clé")
    day.world.secret = page.locator("[data-copy^=rk_live]").first.get_attribute("data-copy") or ""
    page.get_by_role("link", name="J’ai copié la clé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clés d’API")


def first_referral(day: Day, camille: Page) -> str:
    """Camille's code brings Thomas; the code."""
    day.order("T-0", "Camille", amount=7_000, shipping_address=TOGETHER)
    open_space(camille, day.world, day.home, day.email("Camille"), "Camille")
    found = re.search(r"CAMILLE-[0-9A-Z]+", camille.locator("main").inner_text())
    assert found
    day.order("T-1", "Thomas", referral_code=found[0])
    day.open("/")
    day.reads(r"Nouveaux clients parrainés 1 .*Cagnotte due 0,00 € et 10,00 € en attente")
    day.record("Thomas")
    day.reads(
        rf"Grâce à Camille .*code saisi Code utilisé {found[0]} Première commande 60,00 €"
        r".*6,00 € disponibles le .*, une fois le délai de retour passé"
    )
    assert any("6,00 € grâce à Thomas" in said for said in day.subjects(day.email("Camille")))
    assert any("4,00 € pour vous" in said for said in day.subjects(day.email("Thomas")))
    return found[0]


def decide_on_suspects(day: Day, code: str) -> None:
    """Two orders go to Camille's own address: one is a neighbour's, one is not believed."""
    page = day.jeanne
    for number, who in (("T-2", "Luc"), ("T-3", "Zoé")):
        day.order(number, who, referral_code=code, shipping_address=TOGETHER)
        assert day.subjects(day.email(who)) == []
    day.open("/")
    # By its whole name: two key figures say "à vérifier" too, and lead elsewhere.
    page.get_by_role("link", name="Vérifier", exact=True).click()
    day.reads("2 parrainages attendent votre décision")
    day.reads("Camille Le Camille a fait venir Luc Le Luc")
    day.reads("La commande est livrée à une adresse du parrain. 10,00 € en attente")
    page.get_by_role("button", name="Accepter Luc").click()
    expect(page.get_by_text("Parrainage de Luc Le Luc accepté").first).to_be_visible()
    page.get_by_role("button", name="Refuser Zoé").click()
    expect(page.get_by_text("Parrainage de Zoé Le Zoé refusé").first).to_be_visible()
    day.reads("Aucun parrainage n’attend de décision")
    assert any("4,00 € pour vous" in said for said in day.subjects(day.email("Luc")))
    assert any("6,00 € grâce à Luc" in said for said in day.subjects(day.email("Camille")))
    assert day.subjects(day.email("Zoé")) == [], "nobody is told of what they never had"
    day.open("/cagnottes-dues")
    day.reads("En attente 20,00 €")


def switch_on(day: Day, module: str) -> None:
    day.open("/reglages/modules")
    day.jeanne.get_by_role("switch", name=f"Activer {module}").click()
    expect(day.jeanne.get_by_text(f"{module} : activé").first).to_be_visible()


def send_a_campaign(day: Day, thomas: Page) -> None:
    """Written for those who have brought nobody, seen, tried on herself, sent, and its results."""
    page = day.jeanne
    day.open("/campagnes")
    page.get_by_role("button", name="Créer une campagne").first.click()
    page.get_by_label("Nom de la campagne").fill("Avant Noël")
    page.get_by_label("Objet").fill("{{ first_name }}, nos bougies d’hiver")
    page.get_by_label("Texte", exact=True).fill("Elles viennent d’être coulées.")
    page.get_by_label("A parrainé au plus").fill("0")
    page.get_by_label("A parrainé au plus").blur()
    expect(page.locator("#audience")).to_contain_text("3 personnes recevront ce message, sur 3")
    preview = page.frame_locator("iframe")
    expect(preview.get_by_text("Elles viennent d’être coulées.")).to_be_visible()
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.locator("#test-sent")).to_contain_text(f"Essai envoyé à {day.owner}")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Envoyer maintenant").click()
    page.get_by_role("dialog").get_by_role("button", name="Envoyer à 3 personnes").click()
    until_shown(page, re.compile("Messages envoyés 3 En file 0"))
    wanted = "Thomas, nos bougies d’hiver"
    assert wanted in day.subjects(day.email("Thomas"))
    assert not any("bougies" in said for said in day.subjects(day.email("Camille")))
    assert any(said.startswith("[TEST] ") for said in day.subjects(day.owner))
    thomas.goto(newest_link(day.world, day.email("Thomas"), "/e/"))
    until_shown(page, re.compile("Ont cliqué 1"))


def offer_prizes_of_the_season(day: Day, camille: Page) -> None:
    """One whose season is here, and one whose season comes."""
    page, today = day.jeanne, datetime.now(UTC).date()
    seasons = {"Bougie de Noël": -2, "Savon de printemps": 60}
    for name, starts in seasons.items():
        day.open("/recompenses/ajouter")
        page.get_by_label("Nom du lot").fill(name)
        page.get_by_label("Coût dans la cagnotte").fill("3")
        first, last = today + timedelta(days=starts), today + timedelta(days=starts + 40)
        page.get_by_label("Proposé du").fill(f"{first:%d/%m/%Y}")
        page.get_by_label("Jusqu’au").fill(f"{last:%d/%m/%Y}")
        page.get_by_role("button", name="Enregistrer le lot").click()
        expect(page.get_by_text(f"« {name} » proposé").first).to_be_visible()
    camille.reload()
    shown = plain(camille.locator("main").inner_text())
    assert "Bougie de Noël" in shown and "Savon de printemps" not in shown


def publish_loyalty_rules(day: Day) -> None:
    page = day.jeanne
    page.get_by_role("link", name="Fidélité").first.click()
    page.get_by_role("button", name="Voir ce que cela donnerait").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Avant de publier")
    day.reads("Auraient gagné 4 clients .*Gagné en tout 12,50 €")
    page.get_by_role("button", name="Publier ces règles").click()
    expect(page.get_by_text("Règles n° 1 en vigueur").first).to_be_visible()


def recalculate(day: Day) -> None:
    """FS-19: what is announced is what is done, and an email says so."""
    page = day.jeanne
    page.get_by_role("link", name="Recalcul", exact=True).click()
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_text("Rien n’a encore changé")).to_be_visible()
    day.reads("Gagneraient 4 12,50 € en tout")
    page.get_by_role("button", name="Lancer le recalcul").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Lancer le recalcul").click()
    until_shown(page, re.compile("Cagnottes changées 4 comme annoncé Ajouté 12,50 €"))
    assert "Recalcul de la fidélité terminé" in day.subjects(day.owner)


def refund(day: Day, camille: Page) -> None:
    """Camille's reward has come and she has taken a prize; then Thomas sends his order back."""
    page = day.jeanne
    camille.reload()
    until_shown(camille, re.compile(r"Parrainage de Thomas .*\+6,00 €"))
    expect(camille.locator(".wallet-amount")).to_have_text(money("9,50 €"))
    camille.get_by_role("link", name="Choisir Bougie de Noël").click()
    camille.locator("main form").get_by_role("button").click()
    expect(camille.locator("#mes-lots")).to_contain_text("Bougie de Noël")
    day.open("/commandes?q=T-1")
    page.get_by_role("link", name="T-1").first.click()
    page.get_by_role("link", name="Rembourser").click()
    page.get_by_role("dialog").get_by_role("button", name="Rembourser").click()
    expect(page.get_by_text("remboursés sur la commande n° T-1").first).to_be_visible()
    day.reads("6,00 € repris à Camille .*4,00 € repris à Thomas .*3,00 € repris à Thomas")
    day.record("Thomas")
    day.reads(r"Gain repris La commande n° T-1 a été remboursée\. −3,00 €")
    camille.reload()
    expect(camille.locator(".wallet-amount")).to_have_text(money("0,50 €"))
    gone = plain(camille.locator("main").inner_text())
    assert re.search(r"Parrainage de Thomas annulé .*−6,00 €", gone)
    assert any("6,00 € repris" in said for said in day.subjects(day.email("Camille")))


def read_the_accountants_file(day: Day) -> None:
    """R39, B17: balanced, and what the customers' account holds is what the ledger owes them."""
    page = day.jeanne
    day.open("/cagnottes-dues")
    [(owed,)] = day.world.ask("SELECT sum(posted) FROM ledger_account WHERE kind = 'wallet'")
    assert owed == 50 + 300 + 300  # Camille, Luc, Zoé
    day.reads("Dû aujourd’hui 6,50 € .*À ce jour 6,50 €")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le mois").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    worth = [(row["EcritureNum"], row["CompteNum"], _cents(row)) for row in rows]
    for number in {row["EcritureNum"] for row in rows}:
        assert sum(cents for of, _account, cents in worth if of == number) == 0
    assert sum(cents for _of, account, cents in worth if account == "419800") == owed


def _cents(row: dict[str, str]) -> int:
    """What a line adds to its account's credit."""
    return int(row["Credit"].replace(",", "")) - int(row["Debit"].replace(",", ""))
