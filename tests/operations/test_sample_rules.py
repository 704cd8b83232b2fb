"""Rules to begin with, and a partner's policy, where it says itself that it is read."""

from typing import Any

import pytest

from operations import partaking, running, sample_rules
from operations.models import Operation
from operations.partaking import policy_of
from operations.sample_rules.facts import lacking
from partnerships.models import AgreementAcceptance, Side
from partnerships.selectors import Partner
from tenants.messaging.models import EmailLook
from tenants.models import Tenant
from tests.fixtures.operations import BEGINS, NOW, add_partner, make_module, make_operation, settle

LAMP = {"number": 1, "name": {"fr": "Lampe Halo"}, "stock": 3, "value": 12_000}
WORDS = "Complétez le règlement en français\u00a0: «\u00a0[à compléter"


@pytest.fixture
def settled(lumen: Tenant) -> Tenant:
    """A merchant who has said all that the product asks of it."""
    return settle(lumen, site_url="https://maison-lumen.fr")


def both(operation: Operation) -> tuple[str, str]:
    fr, en = (sample_rules.sample(operation=operation, language=code) for code in ("fr", "en"))
    for text in (fr, en):
        assert "{" not in text and "%}" not in text and "\n\n\n" not in text
    return fr.replace("\u00a0", " ").replace("\u202f", " "), en


def test_the_sample_names_brand_dates_and_prizes_and_waits_for_the_rest(lumen: Tenant) -> None:
    operation = make_operation(state="draft", rules={})
    make_module(operation, kind="draw", settings={"prizes": [LAMP]})
    fr, en = both(operation)
    assert "Maison Lumen ([à compléter : forme, siège et numéro d’immatriculation])" in fr
    assert "Pour toute question : [à compléter : une adresse e-mail]" in fr
    assert "[to complete: legal form, registered office and registration number]" in en
    assert "3 × Lampe Halo, d’une valeur de 120,00 € chacun" in fr
    assert "Soit 3 lots, d’une valeur totale de 360,00 €." in fr
    assert "Les gagnants sont tirés au sort" in fr and "Winners are drawn" in en
    assert [lack.step for lack in lacking(operation)] == ["site", "site", "site"]


def test_a_merchant_with_complete_settings_has_nothing_left_to_complete(settled: Tenant) -> None:
    operation = make_operation(state="draft", rules={})
    module = make_module(operation, kind="draw", settings={"prizes": [LAMP]})
    add_partner(module)
    fr, en = both(operation)
    assert not sample_rules.unfinished(fr) and not sample_rules.unfinished(en)
    assert lacking(operation) == []
    assert "SARL, 3 rue du Lac, 69003 Lyon, RCS Lyon 812 345 678" in fr
    assert "avec Brûlerie Noé" in fr and "https://brulerie-noe.example/donnees" in fr
    assert "La politique de confidentialité de Maison Lumen](https://maison-lumen.fr/donnees" in fr
    assert fr.count("bonjour@maison-lumen.fr") == 1
    operation.rules = {"fr": fr, "en": en}
    assert running.problems(operation=operation, now=BEGINS) == []


@pytest.mark.parametrize(
    ("changes", "there", "absent"),
    [
        ({"rule": "once"}, ["une seule fois", "Toute personne, à"], ["majeure", "ans ou plus"]),
        ({"rule": "daily"}, ["une fois par jour au plus"], ["une seule fois"]),
        ({"rule": "times", "times": 3}, ["3 fois au plus"], ["par jour"]),
        (
            {"minimum_age": 18},
            ["Toute personne de 18 ans ou plus"],
            ["mineure", "représentant légal"],
        ),
        ({"minimum_age": 15}, ["15 ans ou plus", "représentant légal"], []),
        ({"double_optin": True}, ["une fois confirmée par l’e-mail"], []),
    ],
)
def test_the_sample_says_what_was_set(
    settled: Tenant, changes: dict[str, Any], there: list[str], absent: list[str]
) -> None:
    operation = make_operation(state="draft", rules={})
    prizes = {"prizes": [LAMP], "wins": 1, "won": {"fr": "Nous vous l’envoyons chez vous."}}
    make_module(operation, kind="instant_win", settings=prizes, **changes)
    fr, _en = both(operation)
    for words in [*there, "à la mise en ligne, avant toute participation", "une fois au plus"]:
        assert words in fr
    assert "« Nous vous l’envoyons chez vous »" in fr
    for words in [*absent, "avant le début", "quinze", "jours pour répondre"]:
        assert words not in fr


def test_several_modules_are_each_named_with_their_own_rule(settled: Tenant) -> None:
    operation = make_operation(state="draft", rules={})
    make_module(operation, kind="coupon", settings={"description": {"fr": "10 % dès 40 €."}})
    draw = {"prizes": [LAMP], "substitutes": 2, "chances": "each"}
    make_module(operation, kind="draw", settings=draw, rule="daily", position=2, minimum_age=18)
    fr, en = both(operation)
    assert "- Coupon : une même personne participe une seule fois." in fr
    assert "- Tirage au sort : une même personne participe une fois par jour au plus" in fr
    assert "Pour « Tirage au sort », il faut avoir 18 ans ou plus." in fr
    assert "chaque participation donne une chance" in fr and "2 suppléants sont tirés" in fr
    assert "reçoit un code : 10 % dès 40 €." in fr and "receives a code" in en


def test_the_seat_comes_from_the_foot_of_the_emails_where_no_notice_was_given(
    lumen: Tenant,
) -> None:
    EmailLook.objects.update_or_create(
        only=True, defaults={"address": "Maison Lumen\n3 rue du Lac\n69003 Lyon", "updated_at": NOW}
    )
    fr, _en = both(make_operation(state="draft", rules={}))
    known = "([à compléter : forme et numéro d’immatriculation], 3 rue du Lac, 69003 Lyon)"
    assert known in fr


def test_what_is_missing_names_the_language_and_the_passage(lumen: Tenant) -> None:
    operation = make_operation(state="draft", rules={})
    make_module(operation)
    operation.rules = {"fr": sample_rules.sample(operation=operation, language="fr")}
    [found] = running.problems(operation=operation, now=BEGINS)
    assert found.text.startswith(WORDS) and found.field == "rules_fr"
    operation.rules = {"fr": "# Règlement [1]", "en": "Run by [to complete: a name]."}
    [found] = running.problems(operation=operation, now=BEGINS)
    assert "en anglais" in found.text and "[to complete: a name]" in found.text
    operation.rules = {"fr": "# Règlement [1]"}
    assert running.problems(operation=operation, now=BEGINS) == []


def test_english_is_filled_where_the_operation_has_an_english_title(lumen: Tenant) -> None:
    operation = make_operation(state="draft", rules={}, title={"fr": "Un automne"})
    assert list(sample_rules.samples(operation=operation)) == ["fr"]
    operation.title = {"fr": "Un automne", "en": "An autumn"}
    assert list(sample_rules.samples(operation=operation)) == ["fr", "en"]


def test_a_partners_own_word_on_its_policy_comes_first(lumen: Tenant) -> None:
    number = "01980000-0000-7000-8000-000000000001"
    partner = Partner(number, "prt_x", "Noé", None, "", True, "https://noe.fr/donnees")
    assert policy_of(partner) == "https://noe.fr/donnees"


def test_a_policy_is_needed_of_those_who_have_accepted_already(lumen: Tenant) -> None:
    """Whoever has still to accept gives it then, and has no box before: nothing to hunt for."""
    operation = make_operation(state="draft")
    module = make_module(operation)
    add_partner(module, policy_url="")
    [found] = running.problems(operation=operation, now=NOW)
    assert "politique de confidentialité" in found.text and found.field == "policy_url"
    AgreementAcceptance.objects.filter(side=Side.MINOR).delete()
    assert running.problems(operation=operation, now=NOW) == []
    assert partaking.policies_of(operation) == {"Brûlerie Noé": ""}


def test_a_merchant_alone_leaves_out_its_own_staff(settled: Tenant) -> None:
    module = make_module(make_operation(state="draft", rules={}))
    fr, en = both(module.operation)
    assert "du personnel de l’organisateur et" in fr and "the staff of the organiser and" in en
    add_partner(module)
    fr, en = both(module.operation)
    assert "des marques citées ci-dessus" in fr and "the brands named above" in en


def test_games_say_what_other_dates_do_and_how_many_answers_pass(settled: Tenant) -> None:
    operation = make_operation(state="draft", rules={})
    make_module(operation, kind="instant_win", settings={"prizes": [LAMP]})
    quiz = {"threshold": 1, "questions": [1, 2]}
    make_module(operation, kind="quiz", position=2, settings=quiz)
    fr, en = both(operation)
    assert "un lot dont le moment tombe après une fin avancée n’est pas gagné" in fr
    assert "a prize whose moment falls after an earlier end is not won" in en
    assert "à partir de 1 bonne réponse sur 2." in fr
    assert "with 1 right answer or more out of 2." in en
