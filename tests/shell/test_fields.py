"""What people type and paste is understood, and what is not gets a sentence that helps."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from shell import formats, parsing
from shell.fields import DateField, DecimalField, IntegerField, MoneyField, PercentField, TilesField
from shell.forms import HouseForm


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1\u202f234,50\u00a0€", 123450),
        ("1 234,50 €", 123450),
        ("1\u00a0234,50", 123450),
        ("1234.5", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1.234.567,89", 123456789),
        ("8", 800),
        ("8 €", 800),
        ("€8", 800),
        ("12 euros", 1200),
        (",50", 50),
        ("−5,00", -500),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, cents: int) -> None:
    """B5."""
    assert MoneyField().clean(typed) == cents


@pytest.mark.parametrize(
    "typed", ["huit", "1,2,3", "12,345", "1e9", "٣", "--2", "€", "1" * 60, "NaN"]
)
def test_what_is_no_amount_says_what_to_write(typed: str) -> None:
    """B4: an example, never "invalide"."""
    with pytest.raises(ValidationError) as refusal:
        MoneyField().clean(typed)
    sentence = refusal.value.messages[0]
    assert sentence.startswith("Indiquez")
    assert "invalide" not in sentence


@pytest.mark.parametrize(
    "typed",
    ["18/11/2026", "18.11.2026", "18-11-2026", "18 / 11 / 26", "2026-11-18", "18 nov. 2026",
     "18 novembre 2026", "18\u00a0nov. 2026", "18 November 2026"],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(typed: str) -> None:
    """B5."""
    assert DateField().clean(typed) == date(2026, 11, 18)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "demain", "11/18/2026", "18/11", "1er brumaire 2026"]
)
def test_what_is_no_date_says_what_to_write(typed: str) -> None:
    with pytest.raises(ValidationError, match="18/11/2026"):
        DateField().clean(typed)


def test_the_first_of_the_month_keeps_its_ending() -> None:
    assert DateField().clean("1er oct. 2026") == date(2026, 10, 1)


def test_numbers_and_percentages() -> None:
    """B5."""
    assert IntegerField().clean("1\u202f240") == 1240
    assert DecimalField().clean("12,5") == Decimal("12.5")
    assert PercentField().clean("12,5 %") == Decimal("12.5")
    with pytest.raises(ValidationError, match="entier"):
        IntegerField().clean("12,5")


def test_a_limit_is_told_in_the_unit_of_the_field() -> None:
    """B4: "un montant entre 1 et 500 €"."""
    with pytest.raises(ValidationError) as refusal:
        MoneyField(minimum=100, maximum=50_000).clean("900")
    assert refusal.value.messages == ["Indiquez une valeur entre 1,00\u00a0€ et 500,00\u00a0€."]
    with pytest.raises(ValidationError, match="au moins"):
        IntegerField(minimum=3).clean("2")
    assert MoneyField(minimum=100, maximum=50_000).clean("500") == 50_000


def test_a_blank_is_none_where_it_may_be() -> None:
    assert MoneyField(required=False).clean("  ") is None
    with pytest.raises(ValidationError, match="Indiquez un montant"):
        MoneyField().clean("")


@given(cents=st.integers(min_value=-(10**12), max_value=10**12))
def test_what_we_write_we_can_read(cents: int) -> None:
    """B5 and B6 agree: an amount copied from a page can be pasted into a field."""
    assert parsing.cents(formats.money(cents, language="fr")) == cents
    assert parsing.cents(formats.number(Decimal(cents) / 100, decimals=2, language="fr")) == cents


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (parsing.cents, parsing.integer, parsing.day, parsing.percentage):
        try:
            read(text)
        except ValueError as refusal:
            assert str(refusal)


class SampleForm(HouseForm):
    name = forms.CharField(label="Nom")
    amount = MoneyField(label="Montant", minimum=100, maximum=50_000)
    email = forms.EmailField(label="Adresse e-mail")
    kind = TilesField(
        label="Genre", options=[("a", "Cagnotte", "À dépenser"), ("b", "Points", "…")]
    )
    own = forms.CharField(label="À moi", error_messages={"required": "Mes mots."})


def test_every_refusal_speaks_plainly_and_keeps_what_was_typed() -> None:
    """B2, B4: wrong values come back as they were typed."""
    form = SampleForm({"amount": "huit", "email": "claire@", "kind": "z"})
    said = {name: messages[0] for name, messages in form.errors.items()}
    assert said["amount"] == "Indiquez un nombre, par exemple 8,00."
    assert said["email"].startswith("Indiquez une adresse complète")
    assert said["name"] == "Remplissez ce champ."
    assert said["kind"] == "Choisissez une des possibilités proposées."
    assert said["own"] == "Mes mots."
    assert 'value="huit"' in str(form["amount"])
    assert 'value="claire@"' in str(form["email"])


def test_a_value_of_ours_is_shown_as_people_write_it() -> None:
    form = SampleForm(initial={"amount": 123450})
    assert 'value="1\u202f234,50"' in str(form["amount"])
    assert not SampleForm({"amount": "1 234,50"}, initial={"amount": 123450})[
        "amount"
    ].field.has_changed(123450, "1 234,50")


def render(source: str, **context: Any) -> str:
    from django.template import Context
    from django.template.loader import get_template

    assert source  # the component's file name
    return str(get_template(source).template.render(Context(context)))


def test_the_summary_links_to_each_field_with_its_own_words() -> None:
    """B2, B3: same words above and at the field; text and field are tied."""
    form = SampleForm({"amount": "huit"}, auto_id="id_%s")
    summary = render("cotton/error_summary.html", form=form)
    assert 'href="#id_amount">Montant\u00a0: Indiquez un nombre, par exemple 8,00.' in summary
    assert "data-focus" in summary
    field = render("cotton/field.html", field=form["amount"])
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_amount_error"' in field
    assert 'id="id_amount_error"' in field
    assert "Indiquez un nombre, par exemple 8,00." in field


class TwoNames(HouseForm):
    first = forms.CharField(label="Prénom")
    last = forms.CharField(label="Nom")


def test_the_same_sentence_twice_says_which_field_each_is_about() -> None:
    """B2: the links differ, in the order of the screen; the words at the fields do not."""
    form = TwoNames({}, auto_id="id_%s")
    summary = render("cotton/error_summary.html", form=form)
    first, last = "Prénom\u00a0: Remplissez ce champ.", "Nom\u00a0: Remplissez ce champ."
    assert 0 < summary.index(f'href="#id_first">{first}') < summary.index(f'href="#id_last">{last}')
    for name in ("first", "last"):
        field = render("cotton/field.html", field=form[name])
        assert "<span>Remplissez ce champ.</span>" in field
    assert formats.labelled("Name", "Fill in.", language="en") == "Name: Fill in."
    assert formats.labelled("", "Fill in.") == "Fill in."
