"""A brand that adds a partner, comes back to it, and what the partner reads first (PA-01 to 14)."""

import re

import pytest
from django.utils import timezone

from operations import editing, modules, partaking
from partnerships.selectors import partners_to_choose
from tenants.context import enter
from tests.acceptance.brands import DETAILS, Brand, deliver, letters, noe, nora_opens
from tests.acceptance.conftest import Lumen, words

pytestmark = pytest.mark.usefixtures("quick")


def name_in_an_operation(lumen: Lumen, title: str) -> None:
    """Maison Lumen makes an operation with its one partner."""
    now = timezone.now()
    with enter(lumen.tenant):
        made = editing.create(name=title, starts_at=None, ends_at=None, now=now)
        module = modules.add_module(operation_id=made.id, kind="form", now=now)
        [partner] = partners_to_choose(major_id=lumen.tenant.id)
        partaking.place(
            operation_id=made.id,
            partner=partner,
            module_ids=[module.id],
            policy_url="https://marque.example/donnees",
            asks_optin=True,
            names=partaking.USUAL_FIELDS,
            now=now,
        )


def test_pa03_who_is_a_partner_already_is_said_with_the_way_there(
    lumen: Lumen, lumens: Brand, marins: Brand
) -> None:
    """PA-03, R33: what is true of each, a link to their page, and nothing of anybody else's."""
    lumens.add(**DETAILS)
    path = lumens.partner("Noé")

    def again() -> tuple[str, str]:
        answer = lumens.add(**DETAILS)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert '<a href="#id_email">' in html and 'id="id_email"' in html
        assert f'href="{path}">Ouvrir la page de Brûlerie Noé</a>' in html
        return html, words(html)

    assert "attend déjà sa réponse" in again()[1]
    office = nora_opens(lumen)
    office.accept(office.partner("Lumen"))
    assert "a déjà accepté votre proposition" in again()[1]
    lumens.accept(path)
    assert "Brûlerie Noé est déjà votre partenaire" in again()[1]
    # Another merchant that names the same address is told of nobody.
    other = marins.add(**DETAILS)
    assert other.status_code == 302
    # By the code, too.
    lumens.add(how="code", code=marins.code())
    used = lumens.add(how="code", code=marins.code()).content.decode()
    assert f'href="{lumens.partner("Marin")}">Ouvrir la page d’Atelier Marin</a>' in used


def test_pa02_a_code_in_the_address_opens_the_way_by_code(lumens: Brand) -> None:
    """PA-02, PA-03: who has none is the frequent case; a code that is brought stands there."""
    plain = lumens.html("/partenariats/ajouter")
    assert re.search(r'value="details"[^>]*checked', plain)
    brought = lumens.html("/partenariats/ajouter?code=KM4PA-7XCR3")
    assert re.search(r'value="code"[^>]*checked', brought)
    assert 'value="KM4PA-7XCR3"' in brought


def test_pa01_each_partner_is_in_one_tab_that_says_its_state(
    lumen: Lumen, lumens: Brand, marins: Brand
) -> None:
    """PA-01: all, then three that share nobody and leave nobody out."""
    lumens.add(**DETAILS)
    lumens.add(how="code", code=marins.code())
    lumens.accept(lumens.partner("Marin"))
    marins.accept(marins.partner("Lumen"))

    def names(view: str) -> set[str]:
        html = lumens.html(f"/partenariats?vue={view}")
        return {name for name in ("Brûlerie Noé", "Atelier Marin") if name in html}

    assert names("tous") == {"Brûlerie Noé", "Atelier Marin"}
    assert names("actifs") == {"Atelier Marin"}
    assert names("en-attente") == {"Brûlerie Noé"}
    assert names("termines") == set()
    assert "Tous 2 Actifs 1 En attente 1 Terminés 0" in lumens.page("/partenariats")
    # Its second tab leads into another section of the menu, and that page leads back.
    assert 'class="back" href="/partenariats"' in lumens.html("/operations/partenaires")


def test_pa07_a_partners_page_lists_what_both_run_and_asks_once(
    lumen: Lumen, lumens: Brand
) -> None:
    """PA-07, PA-08: one way to a new operation; those there are, with their state; five at most."""
    lumens.add(**DETAILS)
    path = lumens.partner("Noé")
    lumens.accept(path)
    assert lumens.html(path).count("/operations/ajouter?partenaire=") == 1
    assert "Vos opérations communes" not in lumens.page(path)
    for number in range(1, 7):
        name_in_an_operation(lumen, f"Goûter {number}")
    page = lumens.page(path)
    assert "Vos opérations communes Toutes" in page
    assert "Goûter 6 Brouillon" in page and "Goûter 1" not in page
    assert 'href="#ensemble"' in lumens.html(path) and 'id="ensemble"' in lumens.html(path)


@pytest.mark.parametrize("has_one", [False, True])
def test_pa08_the_letter_of_an_agreement_leads_to_the_first_operation(
    lumen: Lumen, lumens: Brand, has_one: bool
) -> None:
    """PA-08: its button begins one where there is none yet, and leads to the partner otherwise."""
    lumens.add(**DETAILS)
    path = lumens.partner("Noé")
    lumens.accept(path)
    office = nora_opens(lumen)
    if has_one:
        name_in_an_operation(lumen, "Goûter")
    office.accept(office.partner("Lumen"))
    letter = letters(lumen, lumens.owner, noe())[-1]
    assert "Brûlerie Noé a accepté l’accord" in letter
    public = path.rsplit("/", 1)[1]
    assert (f"/operations/ajouter?partenaire={public}" in letter) is not has_one
    assert (f"{path}" in letter) is has_one


def test_pa14_who_has_just_agreed_is_told_what_comes_and_is_offered_no_empty_file(
    lumen: Lumen, lumens: Brand
) -> None:
    """PA-14: who prepares what, and that a letter comes; nothing about data that nobody has."""
    lumens.add(**DETAILS)
    lumens.accept(lumens.partner("Noé"))
    office = nora_opens(lumen)
    office.accept(office.partner("Lumen"))
    deliver(lumen, noe())
    page = office.page("/")
    assert "Maison Lumen prépare vos opérations communes" in page
    assert "un e-mail vous prévient" in page
    assert "Exporter" not in page
    html = office.html("/")
    assert "partagées par <b>Maison Lumen</b>." in html and "Vos autres données" not in html
    assert "Exporter" not in lumens.page("/operations/gagnants")


def test_pa01_the_menu_of_a_phone_says_what_waits_inside(lumens: Brand, marins: Brand) -> None:
    """PA-01: what the bottom bar has no place for is counted on its last button."""
    waits = re.compile(r'popovertarget="menu">.*?</button>', re.S)
    quiet = waits.search(marins.html("/"))
    assert quiet and 'class="count"' not in quiet[0]
    lumens.add(how="code", code=marins.code())
    told = waits.search(marins.html("/"))
    assert told and re.search(r'class="count">1<span class="sr-only"> à traiter<', told[0])


def test_pa11_people_read_one_word_for_consent(lumens: Brand) -> None:
    """PA-11: one word everywhere in French; the names of files' columns stay what they were."""
    for path in ("/operations/exports", "/operations/recues"):
        assert "opt-in" not in lumens.page(path).lower(), path
