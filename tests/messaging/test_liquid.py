"""Bad input: texts that do not parse, loop, or name what there is not; values that try to act."""

import time

import pytest
from django.utils import translation

from tenants.messaging.writing import liquid, markup

NAMES = {"first_name", "amount", "by_hand", "space_url"}


def refusal(source: str) -> str:
    with translation.override("fr"), pytest.raises(liquid.TextError) as caught:
        liquid.check(source, names=NAMES, field="body")
    assert caught.value.param == "body"
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Bonjour\n\n{{ amount", "Ligne 3\u00a0: une balise n’est pas fermée"),
        ("{% if amount %}oui", "cette balise ne se lit pas"),
        ("un\n{% endif %}", "Ligne 2\u00a0: cette balise ne se lit pas"),
        ("{{ amount | }}", "cette balise ne se lit pas"),
        ("{{ amount | money }}", "cette balise ne se lit pas"),
        ("{% for i in (1..9) %}x{% endfor %}", "Ligne 1\u00a0: «\u00a0for\u00a0» répète un texte"),
        (
            "a\nb\n{% tablerow i in amount %}{% endtablerow %}",
            "Ligne 3\u00a0: «\u00a0tablerow\u00a0»",
        ),
        ("{% include 'x' %}", "«\u00a0include\u00a0» répète un texte"),
        ("{% assign x = 1 %}", "«\u00a0assign\u00a0» n’existe pas ici"),
        ("{% liquid for i in x %}", "«\u00a0liquid\u00a0» n’existe pas ici"),
        ("{{ password }}", "«\u00a0password\u00a0» n’est pas une valeur de ce message"),
        ("x\n{{ first_nam }}", "Ligne 2\u00a0: «\u00a0first_nam\u00a0»"),
        ("{{ first_name.__class__ }}", "first_name.__class__"),
        ("{{ first_name.size }}", "first_name.size"),
        ("{% if secret %}a{% endif %}", "«\u00a0secret\u00a0» n’est pas une valeur"),
    ],
)
def test_a_text_that_cannot_be_used_names_its_line_and_what_to_do(source: str, said: str) -> None:
    """R38; B4: the line, the word, and what to do."""
    assert said in refusal(source)


def test_a_name_that_is_nearly_right_is_proposed() -> None:
    assert "Vouliez-vous écrire «\u00a0first_name\u00a0»" in refusal("{{ first_nam }}")


@pytest.mark.parametrize(
    "source",
    [
        "{{ amount }}" * 500,
        "x" * 10_001,
        "{% if amount %}" * 100 + "{% endif %}" * 100,
        "{{ " * 3000,
        "{% " * 3000,
        "{{" + " " * 9000,
    ],
)
def test_a_text_that_would_cost_time_is_refused_at_once(source: str) -> None:
    """R38: limits of size and time."""
    started = time.perf_counter()
    refusal(source)
    assert time.perf_counter() - started < 1


def test_conditions_and_a_few_filters_are_allowed() -> None:
    source = "{% if by_hand %}A{% elsif amount == 'x' %}B{% endif %}{{ amount | upcase }}"
    liquid.check(source, names=NAMES, field="body")
    assert liquid.unmark(liquid.fill(source, {"by_hand": False, "amount": "x"})) == "BX"


EVIL = [
    "{{ space_url }}",
    "{% if 1 %}x{% endif %}",
    "**gras**",
    "# Titre",
    "[clic](https://evil.example)",
    "<script>alert(1)</script>",
    "zqv41vqz",
    "1. liste",
    "@@content@@",
]


@pytest.mark.parametrize("name", EVIL)
def test_a_value_is_never_read_as_liquid_markdown_or_html(name: str) -> None:
    """R34, R38: a customer's name is a name, whatever it looks like."""
    filled = liquid.fill("{{ first_name }}\n\nBonjour {{ first_name }}", {"first_name": name})
    written = markup.write(filled, link_color="#0f6170", colon=" : ")
    assert written.text == f"{name}\n\nBonjour {name}"
    escaped = name.replace("<", "&lt;").replace(">", "&gt;")
    assert written.html.count(escaped) == 2
    assert "<script" not in written.html
    assert "<a " not in written.html
    assert "<strong" not in written.html


def test_a_value_of_several_lines_stays_on_one() -> None:
    """R41."""
    filled = liquid.fill("{{ first_name }}", {"first_name": "Camille\r\nBcc: x@y.fr"})
    assert "\n" not in liquid.unmark(filled)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil", "vbscript:x"]
)
def test_a_link_leads_only_to_addresses(address: str) -> None:
    """R34: also when a value stands where the address is."""
    for source in (f"[x]({address})", "[x]({{ first_name }})"):
        filled = liquid.fill(source, {"first_name": address})
        html = markup.write(filled, link_color="#0f6170", colon=" : ").html
        assert "href" not in html


def test_markdown_becomes_both_parts() -> None:
    source = (
        "# Titre\n\nUn **mot** et [un lien](https://a.fr/b?c=1&d=2).\n\n"
        "- un\n- deux\n\n> Cadre\n> **42**"
    )
    written = markup.write(source, link_color="#123456", colon=" : ")
    assert '<h1 class="text big"' in written.html
    assert "<strong>mot</strong>" in written.html
    assert 'href="https://a.fr/b?c=1&amp;d=2"' in written.html
    assert '<div class="code"' in written.html
    assert written.text == (
        "Titre\n\nUn mot et un lien : https://a.fr/b?c=1&d=2.\n\n- un\n- deux\n\nCadre\n42"
    )


def test_html_in_a_text_is_shown_and_not_obeyed() -> None:
    written = markup.write("<b>x</b> <img src=y onerror=z>", link_color="#123456", colon=" : ")
    assert "<b>" not in written.html
    assert "&lt;img src=y onerror=z&gt;" in written.html


def test_a_code_has_a_face_of_its_own_and_nothing_else_has() -> None:
    """What is read letter by letter, wherever it stands; a prize in a frame is a name."""
    source = (
        "> Votre lot\n> **{{ prize }}**\n\nCode : **{{ code }}**, **{{ code }} et plus**, **X-1**"
    )
    filled = liquid.fill(source, {"prize": "LAMPE-1", "code": liquid.Code("K7-Q3")})
    written = markup.write(filled, link_color="#123456", colon=" : ")
    assert written.html.count('class="key"') == 1
    assert '<strong class="key">K7-Q3</strong>' in written.html
    assert "<strong>LAMPE-1</strong>" in written.html
    assert "<strong>K7-Q3 et plus</strong>" in written.html
    assert written.text == "Votre lot\nLAMPE-1\n\nCode : K7-Q3, K7-Q3 et plus, X-1"
