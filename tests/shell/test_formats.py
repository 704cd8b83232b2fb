"""The golden table of how numbers, amounts and times are written (B6)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from kernel.money import Amount
from shell import formats
from shell.templatetags import shell_values as filters

PARIS = timezone.get_default_timezone()
NOW = datetime(2026, 11, 21, 18, 42, tzinfo=UTC)

# ruff: noqa: E501
GOLDEN: list[tuple[Callable[..., str], tuple[Any, ...], dict[str, Any], str, str]] = [
    (formats.money, (123450,), {}, "1\u202f234,50\u00a0€", "€1,234.50"),
    (formats.money, (0,), {}, "0,00\u00a0€", "€0.00"),
    (formats.money, (-3250,), {}, "−32,50\u00a0€", "−€32.50"),
    (formats.money, (800,), {"signed": True}, "+8,00\u00a0€", "+€8.00"),
    (formats.money, (123456789,), {}, "1\u202f234\u202f567,89\u00a0€", "€1,234,567.89"),
    (formats.money, (500, "CHF"), {}, "5,00\u00a0CHF", "CHF\u00a05.00"),
    (formats.amount, (Amount(1240, "PTS"),), {}, "1\u202f240\u00a0points", "1,240\u00a0points"),
    (formats.points, (1,), {}, "1\u00a0point", "1\u00a0point"),
    (formats.points, (0,), {}, "0\u00a0point", "0\u00a0points"),
    (formats.number, (-500,), {"signed": True}, "−500", "−500"),
    (formats.number, (0,), {"signed": True}, "0", "0"),
    (formats.percent, (0.177,), {}, "17,7\u202f%", "17.7%"),
    (formats.percent, (0.1,), {}, "10\u202f%", "10%"),
    (formats.percent, (-0.0049,), {}, "−0,5\u202f%", "−0.5%"),
    (formats.ordinal, (1,), {}, "1er", "1st"),
    (formats.ordinal, (8,), {}, "8e", "8th"),
    (formats.ordinal, (12,), {}, "12e", "12th"),
    (formats.day, (date(2026, 11, 18),), {}, "18\u00a0nov. 2026", "18\u00a0Nov 2026"),
    (formats.day, (date(2026, 10, 1),), {}, "1er\u00a0oct. 2026", "1\u00a0Oct 2026"),
    (formats.day, (date(2026, 5, 4),), {"year": False}, "4\u00a0mai", "4\u00a0May"),
    (formats.price, (6_000,), {}, "60\u00a0€", "€60"),
    (formats.price, (123_450,), {}, "1\u202f234,50\u00a0€", "€1,234.50"),
    (formats.price, (200_000, "CHF"), {}, "2\u202f000\u00a0CHF", "CHF\u00a02,000"),
    (formats.month, (date(2025, 3, 9),), {}, "mars 2025", "March 2025"),
    (formats.weekday, (date(2026, 11, 18),), {}, "mercredi 18\u00a0novembre", "Wednesday 18\u00a0November"),
    (formats.hour, (NOW,), {}, "19\u00a0h\u00a042", "19:42"),
    (formats.moment, (NOW,), {}, "21\u00a0nov. 2026 à 19\u00a0h\u00a042", "21\u00a0Nov 2026 at 19:42"),
    (formats.ago, (NOW - timedelta(days=3, hours=2),), {"now": NOW}, "il y a 3\u00a0jours", "3\u00a0days ago"),
    (formats.ago, (NOW - timedelta(minutes=1),), {"now": NOW}, "il y a 1\u00a0minute", "1\u00a0minute ago"),
    (formats.ago, (NOW + timedelta(hours=2),), {"now": NOW}, "dans 2\u00a0heures", "in 2\u00a0hours"),
    (formats.ago, (NOW - timedelta(seconds=9),), {"now": NOW}, "à l’instant", "just now"),
    (formats.ago, (NOW - timedelta(days=40),), {"now": NOW}, "12\u00a0oct. 2026", "12\u00a0Oct 2026"),
    (formats.join, (["Camille", "Thomas", "Inès"],), {}, "Camille, Thomas et Inès", "Camille, Thomas and Inès"),
]  # fmt: skip


@pytest.mark.parametrize(("write", "given", "options", "french", "english"), GOLDEN)
def test_each_value_is_written_as_the_golden_table_says(
    write: Callable[..., str],
    given: tuple[Any, ...],
    options: dict[str, Any],
    french: str,
    english: str,
) -> None:
    """B6, in both languages."""
    with timezone.override(PARIS):
        assert write(*given, language="fr", **options) == french
        assert write(*given, language="en", **options) == english


def test_a_time_carries_its_exact_moment_and_a_raised_ordinal() -> None:
    """B6: "il y a 3 jours" with the exact time in <time>; 1er with its superscript."""
    with timezone.override(PARIS):
        html = filters.ago(timezone.now() - timedelta(days=3, hours=1))
        assert html.startswith('<time datetime="')
        assert 'title="' in html
        assert "il y a 3\u00a0jours</time>" in html
        assert "1<sup>er</sup>\u00a0oct. 2026" in filters.day(date(2026, 10, 1))
        assert "<sup>" not in filters.day(date(2026, 10, 11))


def test_a_missing_value_is_a_long_dash() -> None:
    assert [filters.money(None), filters.day(None), filters.percent(None)] == ["—", "—", "—"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Camille Rouvière", "CR"), ("Élodie", "ÉL"), ("", "?"), ("Jean-Luc d’Arc", "JD")],
)
def test_initials_are_two_letters(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Hélène", "Parrainage d’Hélène"),
        ("Élise Maurin", "Parrainage d’Élise Maurin"),
        ("Yasmine", "Parrainage de Yasmine"),
        ("Camille", "Parrainage de Camille"),
    ],
)
def test_french_elides_before_a_vowel(name, shown):
    assert formats.elided(f"Parrainage de {name}", name, language="fr") == shown
    assert formats.elided(f"Referral of {name}", name, language="en") == f"Referral of {name}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Inès", "Cagnotte d’Inès"), ("O'Brien", "Cagnotte d’O&#x27;Brien"), ("<b>", "de &lt;b&gt;")],
)
def test_a_template_elides_a_sentence_whose_names_are_escaped_already(
    name: str, shown: str
) -> None:
    """R34: once escaped, and not twice."""
    source = (
        "{% load i18n %}{% blocktranslate asvar title %}Cagnotte de {{ name }}{% endblocktranslate %}"
        "{{ title|elided:name }}"
    )
    with translation.override("fr"):
        html = Template(source).render(Context({"name": name}))
    assert shown in html and "&amp;" not in html and "<b>" not in html


@pytest.mark.parametrize(
    ("shown", "loose"),
    [
        ("35\u202f990\u00a0points", "35\u202f990 points"),
        ("1\u202f234,50\u00a0€", "1\u202f234,50 €"),
        ("€1,234.50", "€1,234.50"),
        ("12", "12"),
    ],
)
def test_a_figures_unit_may_go_to_the_next_line_and_the_number_stays_whole(
    shown: str, loose: str
) -> None:
    assert filters.loose(shown) == loose


def test_the_word_email_stays_on_one_line_and_addresses_as_they_are() -> None:
    assert formats.unbroken("Un e-mail. Vos E-mails, par e-mail.") == (
        "Un e\u2011mail. Vos E\u2011mails, par e\u2011mail."
    )
    for kept in (
        "e-mail@exemple.fr",
        "a@e-mail.fr",
        "https://x.fr/e-mail",
        "e-mail.fr",
        "?e-mail=1",
    ):
        assert formats.unbroken(kept) == kept
