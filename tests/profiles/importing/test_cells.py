"""What a cell means, as people type it; what it cannot mean is said with a code."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tenants.profiles.importing import problems
from tenants.profiles.importing.cells import Cleaner
from tenants.profiles.importing.cleaning import Cleaned, clean
from tenants.profiles.importing.fields import BY_KEY, FIELDS, guess

HOW = Cleaner(zone=ZoneInfo("Europe/Paris"), now=datetime(2026, 3, 1, tzinfo=UTC))


def one(key: str, text: str) -> Cleaned:
    columns = [(0, BY_KEY["email"]), (1, BY_KEY[key])]
    return clean(2, ["a@exemple.fr", text], columns=columns, width=2, how=HOW)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("first_name", " Léa ", "Léa"),
        ("phone", "+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("phone", "'+33612345678", "+33612345678"),
        ("gender", "Mme", "f"),
        ("gender", "Monsieur", "m"),
        ("language", "Français", "fr"),
        ("order_total", "1 234,50 €", 123450),
        ("order_count", "12,0", 12),
        ("loyalty_member", "Oui", True),
        ("loyalty_member", "0", False),
        ("first_order_at", "18/11/2025", "2025-11-18T11:00:00+00:00"),
        ("first_order_at", "2025-11-18 09:30:00", "2025-11-18T08:30:00+00:00"),
        ("first_order_at", "2025-11-18T09:30:00Z", "2025-11-18T09:30:00+00:00"),
        ("notes", "'=SUM(A1)", "=SUM(A1)"),
        ("notes", "- à rappeler", "- à rappeler"),
        ("external_id", "000123", "000123"),
    ],
)
def test_cells_are_read_as_people_type_them(key: str, text: str, value: object) -> None:
    """B5."""
    found = one(key, text)
    assert found.problems == []
    assert found.data[key] == value


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("first_name", "=HYPERLINK(1)", "formula"),
        ("first_name", "+cmd|' /C calc'!A0", "formula"),
        ("first_name", "@SUM(1)", "formula"),
        ("phone", "=1+1", "formula"),
        ("first_name", "www.example.com", "address_in_name"),
        ("first_name", "x" * 81, "too_long"),
        ("last_name", "Gu\ufffdrin", "unreadable"),
        ("phone", "appelle-moi", "phone"),
        ("gender", "peut-être", "gender"),
        ("language", "klingon", "language"),
        ("order_total", "beaucoup", "amount"),
        ("order_total", "-5", "formula"),
        ("order_count", "1,5", "number"),
        ("loyalty_member", "si", "flag"),
        ("first_order_at", "31/02/2025", "date"),
        ("first_order_at", "18/11/2031", "future"),
        ("first_order_at", "18/11/1031", "date"),
    ],
)
def test_what_a_cell_cannot_be_is_said(key: str, text: str, code: str) -> None:
    found = one(key, text)
    assert [(column, why) for column, why, _facts in found.problems] == [(1, code)]
    assert problems.explain(found.problems, ["E-mail", "Titre"]).startswith("Titre")


def test_every_problem_has_its_words() -> None:
    for code in problems.WORDS:
        assert problems.sentence(code, {"most": 80, "line": 3})


def test_a_line_with_more_cells_than_titles_is_refused() -> None:
    found = clean(2, ["a@exemple.fr", "x"], columns=[(0, BY_KEY["email"])], width=1, how=HOW)
    assert found.problems == [(None, "more_cells", {})]


def test_a_whole_name_is_parted() -> None:
    columns = [(0, BY_KEY["email"]), (1, BY_KEY["full_name"])]
    found = clean(2, ["a@exemple.fr", "Léa de la Tour"], columns=columns, width=2, how=HOW)
    assert (found.data["first_name"], found.data["last_name"]) == ("Léa", "de la Tour")


def test_titles_are_recognised_in_both_languages_and_each_field_once() -> None:
    offered = set(BY_KEY)
    headers = ["Adresse E-MAIL", "Prenom", "NOM", "N° client", "Mail", "Name"]
    assert guess(headers, known={}, offered=offered) == {
        "0": "email",
        "1": "first_name",
        "2": "last_name",
        "3": "external_id",
    }
    english = [field.key for field in FIELDS]
    assert len(guess(english, known={}, offered=offered)) == len(FIELDS) - 1  # not full_name
    assert guess(["member"], known={}, offered=offered - {"loyalty_member"}) == {}
