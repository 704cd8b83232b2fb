"""A partnership that began on two different texts asks both sides for one (D5, GDPR art. 26)."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from operations.models import Share
from partnerships.agreement import agreement_for, hash_of
from partnerships.models import AgreementAcceptance, Partnership, Side
from tenants.context import enter
from tenants.models import Tenant
from tests.acceptance.brands import Brand, letters, nora_opens
from tests.acceptance.conftest import Lumen
from tests.acceptance.test_parties import NOES_BOX, POLICY, Partnered

two_texts = import_module("partnerships.migrations.0003_two_texts")
OF_THEN = "2026-11"
WAITS = "1 accord attend votre réponse"


@pytest.fixture(autouse=True)
def quick(offices: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partnerships.services.inviting.EVEN_SECONDS", 0)


@pytest.fixture
def lumens(lumen: Lumen) -> Brand:
    return Brand(lumen.tenant, "claire@maison-lumen.fr")


@pytest.fixture
def partnered(lumen: Lumen, lumens: Brand) -> Partnered:
    return Partnered(lumen, lumens)


@pytest.fixture
def nora(partnered: Partnered, lumen: Lumen) -> Brand:
    """Brûlerie Noé has accepted, and the operation runs."""
    office = nora_opens(lumen)
    assert "est actif" in office.accept(office.partner("Lumen"), policy=POLICY)
    partnered.go_live()
    return office


def as_before_terms(side: Side, *changes: tuple[str, str], language: str = "fr") -> None:
    """The rows as a version wrote them that asked nobody for one text; a proof is never edited but
    by what makes such a past.
    """
    Partnership.objects.update(agreement=OF_THEN, terms="")
    AgreementAcceptance.objects.update(version=OF_THEN, terms="")
    row = Partnership.objects.select_related("major", "minor").get()
    text = agreement_for(row, language=language).text
    for of_today, of_then in changes:
        assert of_today in text
        text = text.replace(of_today, of_then)
    french = agreement_for(row, language="fr")
    AgreementAcceptance.objects.update(text=french.text, text_hash=french.text_hash, language="fr")
    AgreementAcceptance.objects.filter(side=side).update(
        text=text, text_hash=hash_of(text), language=language
    )


def upgrade() -> None:
    two_texts.ask_again(apps, None)


def shares(lumen: Lumen) -> list[Any]:
    with enter(lumen.tenant):
        return list(Share.objects.order_by("id").values_list("state", flat=True))


def test_pa03_of_two_texts_both_sides_are_asked_for_one_and_nothing_new_moves_meanwhile(
    partnered: Partnered, lumens: Brand, nora: Brand, lumen: Lumen
) -> None:
    key, theirs = str(Partnership.objects.get().id), nora.partner("Lumen")
    assert partnered.takes_part("thomas", key).status_code == 302
    partnered.letters(nora)
    assert shares(lumen) == ["delivered"]
    as_before_terms(Side.MAJOR, ("Brûlerie Noé", "Les Noé"))
    upgrade()
    upgrade()
    # Both are told, once, and both find it on their pages; nobody is asked for a new yes.
    for brand in (lumens, nora):
        told = letters(lumen, brand.owner, lumen.tenant, nora.tenant)
        [letter] = [one for one in told if "est à relire" in one]
        assert "n’avaient pas accepté le même texte" in letter
        assert WAITS in brand.page("/partenariats")
    for brand, path in ((lumens, partnered.path), (nora, theirs)):
        page = brand.page(path)
        assert "Accord à lire" in page and "n’aviez pas accepté le même texte" in page
    assert NOES_BOX not in partnered.public()
    assert "est à relire" in lumens.page(f"{partnered.path}/accord")
    # What arrived is there still.
    assert shares(lumen) == ["delivered"]

    assert "Il manque celui de Brûlerie Noé" in lumens.accept(partnered.path)
    waits = lumens.page(partnered.path)
    assert "En attente" in waits and "Il manque l’accord de Brûlerie Noé" in waits
    assert NOES_BOX not in partnered.public()
    assert "est actif" in nora.accept(theirs, policy=POLICY)
    assert NOES_BOX in partnered.public()
    assert "Actif" in lumens.page(partnered.path)
    assert WAITS not in nora.page("/partenariats")
    assert partnered.takes_part("zoe", key).status_code == 302
    partnered.letters(nora)
    assert shares(lumen) == ["delivered", "delivered"]


def test_pa03_what_was_given_before_and_had_not_left_waits_for_both_words(
    partnered: Partnered, lumens: Brand, nora: Brand, lumen: Lumen
) -> None:
    """Thomas said yes to this very brand: it is kept for it, and goes once there is one text."""
    key = str(Partnership.objects.get().id)
    assert partnered.takes_part("thomas", key).status_code == 302
    as_before_terms(Side.MAJOR, ("Brûlerie Noé", "Les Noé"))
    upgrade()
    partnered.letters(nora)
    assert shares(lumen) == ["pending"]
    lumens.accept(partnered.path)
    nora.accept(nora.partner("Lumen"), policy=POLICY)
    partnered.letters(nora)
    assert shares(lumen) == ["delivered"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pa03_one_text_in_whatever_language_is_asked_for_again_by_nobody(
    partnered: Partnered, lumens: Brand, nora: Brand, language: str
) -> None:
    with translation.override(language):
        as_before_terms(Side.MINOR, language=language)
    upgrade()
    assert "Actif" in lumens.page(partnered.path)
    assert WAITS not in nora.page("/partenariats") and NOES_BOX in partnered.public()


@pytest.mark.parametrize(
    ("today", "then"), [("Brûlerie Noé", "Les Noé"), ("nora@brulerie", "noe@brulerie")]
)
def test_pa03_another_name_or_contact_is_found_in_another_language_too(
    partnered: Partnered, lumens: Brand, nora: Brand, today: str, then: str
) -> None:
    today, then = (one.replace("@", "\\@") for one in (today, then))
    as_before_terms(Side.MINOR, (today, then), language="en")
    upgrade()
    assert "Accord à lire" in lumens.page(partnered.path)


def test_pa03_what_is_over_or_was_never_begun_is_left_as_it_is(
    partnered: Partnered, lumens: Brand, nora: Brand
) -> None:
    as_before_terms(Side.MAJOR, ("Brûlerie Noé", "Les Noé"))
    assert nora.browser().post(f"{nora.partner('Lumen')}/fin").status_code == 302
    upgrade()
    assert Partnership.objects.get().terms == ""
    assert Tenant.objects.filter(partner_only=True).count() == 1
