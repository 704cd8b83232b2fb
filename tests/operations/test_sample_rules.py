"""Rules to begin with, and a partner's policy, where it says itself that it is read."""

from operations import running, sample_rules
from operations.partaking import policy_of
from partnerships.selectors import Partner
from tests.fixtures.operations import BEGINS, make_module, make_operation

LAMP = {"number": 1, "name": {"fr": "Lampe Halo"}, "stock": 3, "value": 12_000}


def test_the_sample_names_brand_dates_and_prizes_and_waits_for_the_rest(lumen):
    operation = make_operation(state="draft", rules={})
    make_module(operation, kind="draw", settings={"prizes": [LAMP]})
    for code, words in (("fr", "tirés au sort"), ("en", "Winners are drawn")):
        text = sample_rules.sample(operation=operation, language=code)
        assert "Maison Lumen" in text and "3 × Lampe Halo" in text and "2026" in text
        assert words in text and "{" not in text
        operation.rules = {"fr": text}
        said = [row.text for row in running.problems(operation=operation, now=BEGINS)]
        assert "Complétez le règlement là où des crochets l’attendent." in said
    operation.rules = {"fr": "# Règlement [1]"}
    assert running.problems(operation=operation, now=BEGINS) == []


def test_a_partners_own_word_on_its_policy_comes_first(lumen):
    number = "01980000-0000-7000-8000-000000000001"
    partner = Partner(number, "prt_x", "Noé", None, "", True, "https://noe.fr/donnees")
    assert policy_of(partner) == "https://noe.fr/donnees"
