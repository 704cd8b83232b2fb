"""What the console says: all of it in French on French pages, Unfold's own words, too."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import unfold
from django.utils import translation

from tenants.models import Tenant
from tests.console.conftest import ConsoleClient, text_of

LISTS = ("merchant", "deal", "bill", "told", "given", "pair", "person", "entry")
_MESSAGE = re.compile(r"""\{%-?\s*(?:trans|translate)\s+(["'])(.+?)\1|\b_\(\s*(["'])(.+?)\3""")
_SPOKEN = ("title", "aria-label", "placeholder", "data-label", "alt")


class Spoken(HTMLParser):
    """All that a page says or could show: its texts, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.ids: Counter[str] = Counter()
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("script", "style")
        self.said |= {(value or "").strip() for name, value in attrs if name in _SPOKEN}
        self.ids.update(value for name, value in attrs if name == "id" and value)

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.add(data.strip())


def heard(html: str) -> Spoken:
    page = Spoken()
    page.feed(html)
    return page


def english_only() -> set[str]:
    """Unfold's texts that have no French, neither Django's nor ours."""
    place = Path(unfold.__file__).parent
    found: set[str] = set()
    for path in (*place.rglob("*.html"), *place.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found |= {one.group(2) or one.group(4) for one in _MESSAGE.finditer(text)}
    with translation.override("fr"):
        return {text for text in found if translation.gettext(text) == text}


def paths(merchant: Tenant) -> Iterator[str]:
    yield from ("/", f"/commercants/{merchant.id}/", "/envois/", "/travaux/?etat=tous", "/e-mails/")
    for name in LISTS:
        yield from (f"/console/{name}/", f"/console/{name}/?q=zzz", f"/console/{name}/?o=1.-2")


def test_a_french_page_says_nothing_in_english(console: ConsoleClient, merchant: Tenant) -> None:
    english = english_only()
    assert "Image preview" in english  # one that no page of ours shows: the net catches
    console.post(f"/commercants/{merchant.id}/suspendre", {"reason": "Ticket 1"})
    for path in paths(merchant):
        said = heard(text_of(console.get(path))).said
        assert len(said) > 20, path
        assert not said & english, path
    assert "Sombre" in said and "System" not in said


def test_an_english_page_says_the_same_in_english(console: ConsoleClient, merchant: Tenant) -> None:
    """Words that elsewhere mean something else: "Par", "Relancer", "Retirer"."""
    console.post("/langue", {"language": "en"})
    console.post(
        f"/commercants/{merchant.id}/accorder", {"what": "limit:users", "value": "9", "reason": "x"}
    )
    said = heard(text_of(console.get(f"/commercants/{merchant.id}/"))).said
    assert {"Withdraw this grant", "By", "Interventions", "Limit raised: Team members: 9"} <= said
    assert not said & {"Through", "Remove", "Acts"}


@pytest.mark.parametrize(
    "path, words",
    [
        ("/console/bill/", "encore rien ici"),
        ("/console/merchant/?q=zzz", "Rien ne correspond"),
        ("/console/merchant/?state=deleted", "Rien ne correspond"),
    ],
)
def test_an_empty_list_says_why(
    console: ConsoleClient, merchant: Tenant, path: str, words: str
) -> None:
    text = text_of(console.get(path))
    assert words in text
    assert "0 commerçant" not in text


def test_each_act_has_a_form_of_its_own(console: ConsoleClient, merchant: Tenant) -> None:
    """A label leads to its own field, and what is refused is shown where it was sent."""
    page = f"/commercants/{merchant.id}/"
    assert set(heard(text_of(console.get(page))).ids.values()) == {1}
    for act in ("suspendre", "exporter", "consulter", "accorder", "supprimer"):
        html = text_of(console.post(f"{page}{act}", {"reason": ""}))
        opened = re.findall(r"<details open>.*?</details>", html, re.DOTALL)
        assert len(opened) == 1, act
        assert f'action="{page}{act}"' in opened[0]
        assert "raison" in opened[0]
        assert opened[0].count("autofocus") == 1
        assert "corrigez ce qui est signalé" in html


def test_every_act_that_closes_or_takes_away_says_what_will_happen(
    console: ConsoleClient, merchant: Tenant
) -> None:
    page = f"/commercants/{merchant.id}/"
    html = text_of(console.get(page))
    for words in ("se ferment aussitôt, pour son équipe", "effacées dans 30 jours"):
        assert words in html
    console.post(f"{page}accorder", {"what": "limit:users", "value": "9", "reason": "x"})
    assert "revient aussitôt à ce que prévoit sa formule" in text_of(console.get(page))
    console.post(f"{page}supprimer", {"typed": merchant.slug, "reason": "x"})
    assert "La suppression est annulée" in text_of(console.get(page))


def test_a_merchants_page_leads_back_to_the_list(console: ConsoleClient, merchant: Tenant) -> None:
    html = text_of(console.get(f"/commercants/{merchant.id}/"))
    assert re.search(r'<a href="/console/merchant/"[^>]*>\s*Commerçants', html)
    answer = console.get(f"/console/merchant/{merchant.id}/change/")
    assert answer["Location"] == f"/commercants/{merchant.id}/"
