"""Two brands, three sites: from the first word between them to the draw, and what comes after.

Maison Prunelle asks Brûlerie Fauvette, who is no client, to run an operation with it. Nothing is
there before; each side works in a browser of its own, and people come to the operation's page.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from deploy.local.stack import Stack
from tests.fixtures.outside import Shop
from tests.journeys.brands import Brands, BrandSite, downloaded, fill_in, join
from tests.journeys.conftest import newest_link, plain, until_shown

pytestmark = [pytest.mark.browser, pytest.mark.stack]

NAME = "Un printemps à deux"
DAY = timedelta(days=1)
RULES = "Maison Prunelle organise ce tirage avec Brûlerie Fauvette. Un lot, une personne."


@pytest.fixture
def brands(stack: Stack, person: Callable[[str], Page]) -> Brands:
    tag = uuid.uuid4().hex[:6]
    slug = f"prunelle-{tag}"
    owner = f"claire@{slug}.fr"
    stack.manage("tenants", "create", slug, "--name", "Maison Prunelle", "--owner", owner)
    made = Brands(stack, person("Claire"), person("Nora"), Shop(stack, merchant=slug), tag)
    join(made.claire, newest_link(made.major, owner, "/invitation/"), "Claire", "Aubry")
    return made


@pytest.fixture
def shop() -> Iterator[BrandSite]:
    """Maison Prunelle's own site."""
    with BrandSite("prunelle") as site:
        yield site


@pytest.fixture
def blog() -> Iterator[BrandSite]:
    """Brûlerie Fauvette's."""
    with BrandSite("fauvette") as site:
        yield site


def test_two_brands(
    brands: Brands, person: Callable[[str], Page], shop: BrandSite, blog: BrandSite
) -> None:
    """PA-01 to PA-16, D1 to D5, R44: each step stands on what the one before left."""
    agree(brands)
    build(brands)
    go_live(brands)
    rehearse_from_the_other_side(brands)
    place_a_widget(brands, brands.claire, brands.home, shop)
    place_a_widget(brands, brands.nora, brands.office, blog)
    take_part(brands, come_by(person("Thomas"), blog), "Thomas", minor=True)
    take_part(brands, come_by(person("Zoé"), shop), "Zoe", minor=False)
    ana = person("Ana")
    ana.goto(brands.page)
    take_part(brands, ana, "Ana", minor=True)
    both_see_the_same(brands, participants=3, optins=2)
    take_it_back(brands, ana)
    both_see_the_same(brands, participants=3, optins=1)
    told_where_it_runs(brands, shop, blog)
    end_and_draw(brands)
    export_on_both_sides(brands)
    become_a_merchant(brands)
    told = brands.stack.manage("operations", "reconcile", "--tenant", brands.major.merchant)
    assert "not" not in told, told


def agree(brands: Brands) -> None:
    """PA-01, PA-03, PA-04, D5: a back office for who had none, and the word of both."""
    claire, nora = brands.claire, brands.nora
    claire.goto(f"{brands.home}/partenariats")
    claire.get_by_role("link", name="Ajouter un partenaire").first.click()
    claire.get_by_text("Non, ou je ne sais pas").click()
    claire.get_by_label("Nom de la marque").fill("Brûlerie Fauvette")
    claire.get_by_label("Prénom du contact").fill("Nora")
    contact = f"nora@fauvette-{brands.tag}.fr"
    claire.get_by_label("Adresse e-mail").fill(contact)
    claire.get_by_role("button", name="Inviter ce partenaire").click()
    expect(claire.get_by_role("heading", level=1)).to_have_text("Accord de partenariat")
    claire.get_by_role("button", name="Accepter l’accord").click()
    brands.reads(claire, "Il manque l’accord de Brûlerie Fauvette")

    link = newest_link(brands.major, contact, "/invitation/")
    slug = re.search(r"//([a-z0-9-]+)\.", link)
    assert slug
    brands.minor = Shop(brands.stack, merchant=slug[1], secret="-")
    join(nora, link, "Nora", "Carpentier")
    expect(nora.get_by_role("heading", level=1)).to_have_text("Accord de partenariat")


def _accept(brands: Brands) -> None:
    nora = brands.nora
    nora.goto(f"{brands.office}/partenariats")
    nora.get_by_role("link", name="Maison Prunelle").first.click()
    nora.get_by_role("link", name="Lire l’accord").first.click()
    nora.get_by_label("Votre politique de confidentialité").fill("https://fauvette.example/donnees")
    nora.get_by_role("button", name="Accepter l’accord").click()
    expect(nora.get_by_text("Le partenariat avec Maison Prunelle est actif.")).to_be_visible()


def build(brands: Brands) -> None:
    """PA-08 to PA-10: a draw, of which the partner asks for a first name and an address."""
    claire = brands.claire
    claire.goto(f"{brands.home}/operations/ajouter")
    claire.get_by_label("Nom de l’opération").fill(NAME)
    claire.get_by_label("Tirage au sort").check()
    now = datetime.now(UTC)
    for name, moment in (("starts_at", now - DAY), ("ends_at", now + 9 * DAY)):
        claire.locator(f"[name={name}]").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    claire.get_by_role("button", name="Créer l’opération").click()
    expect(claire.get_by_role("heading", level=1)).to_contain_text(NAME)
    claire.locator("[name=p1-name_fr]").fill("Une théière")
    claire.locator("[name=p1-stock]").fill("1")
    claire.get_by_role("button", name="Enregistrer le module").click()
    claire.wait_for_url(re.compile(r"/operations/opn_\w+$"))
    brands.operation = claire.url
    claire.get_by_role("link", name="Textes et règlement").click()
    claire.get_by_role("link", name="Écrire mon propre texte").click()
    claire.locator("[name=rules_fr]").fill(RULES)
    claire.get_by_role("button", name="Enregistrer les textes").click()
    claire.locator(".sub-pages").get_by_role("link", name="Modules").click()
    claire.get_by_role("link", name="Tirage au sort").click()
    claire.get_by_role("link", name="Acquisition de données").click()
    claire.get_by_label("Demander : Prénom").check()
    claire.locator("details.partner-part > summary").click()
    claire.get_by_label("Brûlerie Fauvette participe à ce module").check()
    claire.get_by_label("Demander l’accord pour les offres de Brûlerie Fauvette").check()
    claire.get_by_label("Sa politique de confidentialité").fill("https://fauvette.example/donnees")
    part = claire.locator("details.partner-part")
    part.get_by_label("Prénom").check()
    part.get_by_label("Adresse e-mail").check()
    claire.get_by_role("button", name="Enregistrer").click()
    expect(claire.locator(".field-error")).to_have_count(0)


def go_live(brands: Brands) -> None:
    """D5: told what stays here until the other has agreed; then its box is there."""
    claire = brands.claire
    claire.goto(brands.operation)
    brands.reads(claire, "Brûlerie Fauvette n’a pas encore accepté l’accord")
    claire.get_by_role("button", name="Mettre en ligne").first.click()
    dialog = claire.get_by_role("dialog")
    expect(dialog).to_contain_text("Rien ne sera transmis à Brûlerie Fauvette")
    dialog.get_by_role("button", name="Mettre en ligne").click()
    brands.reads(claire, "En ligne")
    shown = claire.get_by_role("link", name="Voir la page").get_attribute("href")
    brands.page = f"{brands.home}{shown}" if shown and shown.startswith("/") else str(shown)
    claire.goto(brands.page)
    expect(claire.locator("[name=box]")).to_have_count(1)
    _accept(brands)
    claire.reload()
    expect(claire.locator("[name=box]")).to_have_count(2)


def rehearse_from_the_other_side(brands: Brands) -> None:
    """PA-12: under a banner, with a trace; wiped, and counted nowhere."""
    nora = brands.nora
    nora.goto(f"{brands.office}/operations/recues")
    until_shown(nora, re.compile(NAME))
    nora.get_by_role("link", name=NAME).first.click()
    brands.received = nora.url
    nora.get_by_role("link", name="Tester").click()
    expect(nora.get_by_text("Essai : rien n’est compté", exact=False).first).to_be_visible()
    fill_in(nora, "Essai", "essai@exemple.fr", minor=True)
    expect(nora.get_by_role("heading", level=1)).to_have_text("Ce qui se serait passé")
    nora.get_by_text("Effacer mes essais").click()
    nora.get_by_role("button", name="Effacer").click()
    nora.goto(brands.received)
    brands.reads(nora, "Les données arrivent")


def take_part(brands: Brands, page: Page, name: str, *, minor: bool) -> None:
    """D1: one unticked box for each brand, each with its name and its policy."""
    for box in page.locator("[name=box]").all():
        expect(box).not_to_be_checked()
    fill_in(page, name, brands.email(name), minor=minor)
    expect(page.get_by_role("heading", name="Merci")).to_be_visible()


def place_a_widget(brands: Brands, page: Page, office: str, site: BrandSite) -> None:
    """PA-13, PA-16: its site is allowed, one line is copied there, and it is told where it runs."""
    page.goto(f"{office}/reglages/site")
    page.locator("[name=site_url]").fill(site.url)
    page.get_by_role("button", name="Enregistrer").first.click()
    brands.reads(page, re.escape(site.url))
    page.goto(f"{office}/widgets/ajouter")
    page.get_by_label("Nom du widget").fill("Le printemps")
    page.get_by_role("button", name="Enregistrer le widget").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le printemps")
    line = page.locator("[data-copy^='<script']").first.get_attribute("data-copy")
    assert line and "\n" not in line
    site.line = line
    site.widget = page.url


def come_by(page: Page, site: BrandSite) -> Page:
    """From the brand's own site to the operation's page, by the widget's link."""
    page.goto(site.url)
    link = page.get_by_role("link", name="nouvel onglet")
    expect(link).to_be_visible()
    with page.expect_popup() as opened:
        link.click()
    there = opened.value
    expect(there.get_by_role("heading", level=1)).to_contain_text(NAME)
    return there


def both_see_the_same(brands: Brands, *, participants: int, optins: int) -> None:
    """PA-11: live, by the same definitions, each side in its own back office."""
    nora, claire = brands.nora, brands.claire
    nora.goto(brands.received)
    told = rf"Participants {participants}\b.*Accords Brûlerie Fauvette {optins}\b"
    until_shown(nora, re.compile(told))
    claire.goto(f"{brands.operation}/resultats")
    row = rf"Brûlerie Fauvette Dans tous les modules \d+ \d+ {participants} {optins}\b"
    until_shown(claire, re.compile(rf"Participants {participants}\b.*{row}"))


def take_it_back(brands: Brands, ana: Page) -> None:
    """D4, R44: by the link of the receipt, without a log-in; the partner's copy goes blank."""
    ana.goto(newest_link(brands.major, brands.email("Ana"), "/o/choix/"))
    ana.get_by_role("button", name="Retirer mon accord à Brûlerie Fauvette").click()
    expect(ana.get_by_text("Brûlerie Fauvette ne vous écrira plus")).to_be_visible()
    brands.both_have_delivered()
    nora = brands.nora
    nora.goto(f"{brands.received}/donnees")
    until_shown(nora, re.compile(brands.email("Thomas")))
    assert brands.email("Ana") not in plain(nora.locator("main").inner_text())
    assert brands.email("Zoe") not in plain(nora.locator("main").inner_text())


def told_where_it_runs(brands: Brands, shop: BrandSite, blog: BrandSite) -> None:
    """PA-16, PA-07: each widget's own people, and whose widget brought them."""
    for page, site in ((brands.claire, shop), (brands.nora, blog)):
        page.goto(site.widget)
        until_shown(page, re.compile(rf"Clics 1\b.*Participants 1\b.*{re.escape(site.url)}"))
    brands.nora.goto(brands.received)
    brands.reads(brands.nora, "Widget.*Brûlerie Fauvette")
    brands.claire.goto(f"{brands.home}/partenariats")
    brands.claire.get_by_role("link", name="Brûlerie Fauvette").first.click()
    brands.reads(brands.claire, r"Profils apportés 1\b")


def end_and_draw(brands: Brands) -> None:
    """The end draws by itself, and the record proves it."""
    claire = brands.claire
    claire.goto(brands.operation)
    claire.get_by_role("button", name="Terminer").first.click()
    claire.get_by_role("dialog").get_by_role("button", name="Terminer l’opération").click()
    brands.reads(claire, "Terminée")
    brands.both_have_delivered()
    claire.goto(f"{brands.operation}/modules")
    module = claire.get_by_role("link", name="Tirage au sort").get_attribute("href")
    claire.goto(f"{brands.home}{module}/tirage")
    until_shown(claire, re.compile(r"Gagnants.*Une théière"))
    claire.get_by_role("link", name="Vérifier le tirage").click()
    brands.reads(claire, "Exact")
    brands.nora.goto(brands.received)
    until_shown(brands.nora, re.compile("Terminée"))


def export_on_both_sides(brands: Brands) -> None:
    """PA-05, D3: the major all three, the minor the one who still agrees, with the proof."""
    nora, claire = brands.nora, brands.claire
    nora.goto(brands.received)
    theirs = downloaded(nora, lambda: nora.get_by_role("link", name="Exporter mes accords").click())
    assert [row["Adresse e-mail"] for row in theirs] == [brands.email("Thomas")]
    assert theirs[0]["Preuve"].startswith("cst_")
    claire.goto(f"{brands.operation}/participants")
    claire.locator("summary", has_text="Exporter").click()
    ours = downloaded(claire, lambda: claire.get_by_role("link", name="Fichier CSV").click())
    emails = {value for row in ours for value in row.values() if "@exemple.fr" in str(value)}
    assert emails == {brands.email(name) for name in ("Thomas", "Zoe", "Ana")}


def become_a_merchant(brands: Brands) -> None:
    """In one step, and nothing is lost: the data, the operation, the agreement."""
    nora = brands.nora
    nora.goto(f"{brands.office}/clients")
    expect(nora.get_by_role("heading", level=1)).not_to_have_text("Clients")
    nora.goto(f"{brands.office}/offre")
    nora.get_by_role("link", name="Essayer Growing").click()
    nora.get_by_role("button", name="Essayer Growing").click()
    expect(nora.get_by_text("Votre back-office est complet.")).to_be_visible()
    nora.goto(f"{brands.office}/clients")
    until_shown(nora, re.compile(brands.email("Thomas")))
    nora.goto(f"{brands.received}/donnees")
    brands.reads(nora, brands.email("Thomas"))
    nora.goto(f"{brands.office}/partenariats")
    brands.reads(nora, "Maison Prunelle")
