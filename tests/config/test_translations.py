"""The English catalogue is whole, and each language counts as its speakers do."""

from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from deploy.local import messages

TEMPLATE = """{% load i18n %}<p title="{% translate "Lots" %}">
{% blocktranslate trimmed count n=count with who=name %}
  {{ n }} lot pour {{ who }}
{% plural %}
  {{ n }} lots pour {{ who }}
{% endblocktranslate %}</p>
{% include "a.html" with title=_("Clients") %}
"""
PYTHON = """from django.utils.translation import gettext_lazy as _
TITLE = _("Bonjour %(name)s, "
          "à bientôt")
"""
PLURAL = ("%(n)s lot pour %(who)s", "%(n)s lots pour %(who)s")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small product of two files, with an empty catalogue."""
    (tmp_path / "tenants" / "templates").mkdir(parents=True)
    (tmp_path / "tenants" / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "tenants" / "forms.py").write_text(PYTHON)
    return tmp_path


def catalogue(tree: Path) -> Path:
    return tree / "locale" / "en" / "LC_MESSAGES" / "django.po"


def translate(tree: Path, french: str, english: str) -> None:
    """Fill in one text, as a translator would in the file."""
    path = catalogue(tree)
    before = path.read_text()
    after = before.replace(f'msgid "{french}"\nmsgstr ""', f'msgid "{french}"\nmsgstr "{english}"')
    assert after != before, f"{french} was not waiting"
    path.write_text(after)


def test_every_text_has_its_english_and_no_english_is_unused() -> None:
    assert messages.check() == []


def test_texts_are_found_in_python_in_tags_in_blocks_and_in_arguments(tree: Path) -> None:
    assert messages.update(tree, tree / "locale") == 4
    written = catalogue(tree).read_text()
    for text in ("Bonjour %(name)s, à bientôt", "Lots", "Clients", *PLURAL):
        assert f'"{text}"' in written


def test_an_update_keeps_translations_and_drops_texts_that_are_gone(tree: Path) -> None:
    messages.update(tree, tree / "locale")
    translate(tree, "Clients", "Customers")
    translate(tree, "Bonjour %(name)s, à bientôt", "Hello %(name)s, see you soon")
    (tree / "tenants" / "forms.py").unlink()
    assert messages.update(tree, tree / "locale") == 2
    written = catalogue(tree).read_text()
    assert 'msgstr "Customers"' in written
    assert "see you soon" not in written


CONTEXTS = """{% load i18n %}{% translate "Nom" context "family name" %}{% translate "Nom" %}
{% blocktranslate context "menu" %}Fin{% endblocktranslate %}
"""
PYTHON_CONTEXTS = """from django.utils.translation import npgettext, pgettext, pgettext_lazy
NAMES = (pgettext("ship", "Nom"), pgettext_lazy("street", "Nom"), npgettext("crew", "a", "b", 2))
"""


def test_one_word_with_two_meanings_is_two_texts(tree: Path) -> None:
    """« Nom » is a family's in one place and a thing's in another: "Last name" and "Name"."""
    messages.update(tree, tree / "locale")
    (tree / "tenants" / "templates" / "page.html").write_text(CONTEXTS)
    (tree / "tenants" / "forms.py").write_text(PYTHON_CONTEXTS)
    assert messages.update(tree, tree / "locale") == 6
    written = catalogue(tree).read_text()
    for context in ("family name", "ship", "street"):
        assert f'msgctxt "{context}"\nmsgid "Nom"\nmsgstr ""' in written
    assert 'msgctxt "menu"\nmsgid "Fin"' in written
    assert 'msgctxt "crew"\nmsgid "a"\nmsgid_plural "b"' in written
    named = written.replace(
        'msgctxt "family name"\nmsgid "Nom"\nmsgstr ""',
        'msgctxt "family name"\nmsgid "Nom"\nmsgstr "Last name"',
    )
    catalogue(tree).write_text(named)
    assert messages.update(tree, tree / "locale") == 5
    assert 'msgid "Nom"\nmsgstr "Last name"' in catalogue(tree).read_text()
    waiting = messages.check(tree, tree / "locale")
    assert len(waiting) == 5 and "no English: Nom (ship)" in waiting
    messages.compile_messages(tree / "locale")
    for language, family in (("en", "Last name"), ("fr", "Nom")):
        with (tree / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
            spoken = GNUTranslations(file)
        assert spoken.pgettext("family name", "Nom") == family
        assert spoken.gettext("Nom") == "Nom"


def test_the_check_names_what_is_missing_unused_or_unusable(tree: Path) -> None:
    messages.update(tree, tree / "locale")
    translate(tree, "Clients", "Customers\u202f!")
    translate(tree, "Bonjour %(name)s, à bientôt", "Hello %(first_name)s")
    assert set(messages.check(tree, tree / "locale")) == {
        "no English: Lots",
        f"no English: {PLURAL[0]}",
        "French spaces in English: Clients",
        "other placeholders: Bonjour %(name)s, à bientôt",
    }
    (tree / "tenants" / "templates" / "page.html").unlink()
    assert "unused: Clients" in messages.check(tree, tree / "locale")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Essai : rien n’est envoyé", True),
        ("Essai\u202f: rien n’est envoyé", True),
        ("Effacer ?", True),
        ("Effacer\u00a0?", True),
        ("Lot « Bougie »", True),
        ("Lot «\u00a0Bougie\u00a0»\u202f: reste-t-il du stock\u202f?", True),
        ("Lot «\u00a0Bougie\u00a0»\u00a0: reste-t-il du stock\u202f?", False),
    ],
)
def test_a_french_text_breaks_at_no_sign(tree: Path, text: str, wrong: bool) -> None:
    (tree / "tenants" / "forms.py").write_text(f'TITLE = _("{text}")\n')
    messages.update(tree, tree / "locale")
    translate(tree, text, "English")
    told = messages.check(tree, tree / "locale")
    assert (f"wrong spaces in French: {text}" in told) is wrong


def test_nought_is_singular_in_french_and_plural_in_english() -> None:
    """Of the product's own texts, compiled: « 0 jour », but "0 days"."""

    def days(n: int) -> str:
        return ngettext("%(n)s jour", "%(n)s jours", n) % {"n": n}

    with translation.override("fr"):
        assert [days(n) for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]
    with translation.override("en"):
        assert [days(n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def test_a_french_text_that_django_knows_as_english_stays_ours() -> None:
    with translation.override("fr"):
        assert gettext("Clients") == "Clients"
