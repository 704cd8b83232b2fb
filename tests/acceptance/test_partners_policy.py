"""A guest brand's own privacy policy: asked for with its word, and its own from then on."""

import re

import pytest

from partnerships.agreement import LATEST, reading_minutes
from tests.acceptance.brands import DETAILS, NORA, Brand, letters, noe
from tests.acceptance.conftest import Lumen, words
from tests.fixtures.tenants import TenantClient

pytestmark = pytest.mark.usefixtures("quick")


def test_pa05_the_address_of_its_policy_that_a_partner_gives_is_its_own_from_then_on(
    lumens: Brand, marins: Brand
) -> None:
    """The agreement obliges it to: asked with the word, kept in its settings, and not emptied."""
    lumens.add(how="code", code=marins.code())
    path = marins.partner("Lumen")
    refused = marins.accept(path, policy="")
    assert "Indiquez l’adresse de cette page, par exemple https://" in refused
    # On top, where the page begins again: nobody believes to have accepted.
    assert refused.index("Un point à corriger") < refused.index("Qui fait quoi")
    assert "est actif" not in refused
    lumens.accept(lumens.partner("Marin"))
    assert "est actif" in marins.accept(path, policy="https://marin.example/donnees")
    page = marins.html("/reglages/site")
    assert 'value="https://marin.example/donnees"' in page
    form = {"name": "Atelier Marin", "color": "#E5A83B", "site_url": "", "policy_url": ""}
    kept = marins.browser().post("/reglages/site", form)
    assert kept.status_code == 422
    assert "Indiquez l’adresse de cette page" in words(kept.content.decode())


def test_pa05_a_small_brand_is_told_what_is_wanted_and_what_will_do(
    lumen: Lumen, lumens: Brand, marins: Brand
) -> None:
    """Its known site is where the address begins; it is never said to be the policy."""
    lumens.add(**{**DETAILS, "email": marins.owner})
    [letter] = letters(lumen, marins.owner, marins.tenant)
    link = re.search(r"/partenariats/lien/[\w-]+", letter)
    assert link
    marins.browser().post(link[0], {"office": str(marins.tenant.id)})
    html = marins.html(f"{marins.partner('Lumen')}/accord")
    assert 'placeholder="https://brulerie-noe.example/…"' in html
    assert "L’adresse web d’une page" in words(html) and "mentions légales convient" in words(html)
    assert 'name="policy_url" value' not in html


def test_d5_every_text_promises_the_time_that_the_agreement_takes(
    lumen: Lumen, lumens: Brand
) -> None:
    """One place counts its words: the letter and the page say the same."""
    lumens.add(**DETAILS)
    [letter] = letters(lumen, NORA, noe())
    promised = f"{reading_minutes(LATEST)} minutes"
    assert promised == "2 minutes" and reading_minutes("2026-11") == 3
    assert f"{promised} de lecture" in letter
    assert promised in lumens.page(f"{lumens.partner('Noé')}/accord")


def test_pa04_the_invitation_names_who_invites_and_keeps_the_names_that_were_typed(
    lumen: Lumen, lumens: Brand
) -> None:
    """It leaves at once, before anybody has accepted: the steps say so, and so does the letter."""
    steps = lumens.page("/partenariats/ajouter")
    assert "reçoit aussitôt une invitation" in steps and "L’ordre importe peu" in steps
    lumens.add(**DETAILS)
    [letter] = letters(lumen, NORA, noe())
    assert "Claire Aubanel, de Maison Lumen, vous invite." in letter
    assert "Un accord court vous y attend" in letter
    path = re.search(r"/invitation/[\w-]+", letter)
    assert path
    page = TenantClient(noe()).get(path[0]).content.decode()
    assert 'value="Nora"' in page and 'value="Carpentier"' in page
