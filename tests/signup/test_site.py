"""The public site: what it says, in both languages, and what machines read of it."""

import gzip
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from pytest_django import Settings

from billing.plans import SOLD, Allowed, Limit
from shell import formats
from signup import texts
from tests.fixtures.tenants import TenantClient
from tests.signup.conftest import ORIGIN

pytestmark = pytest.mark.django_db
# What a first page may weigh before its pictures: the aim of a shopper's page (S1).
MOST = 50 * 1024
PAIRS = {
    "/": "/en/",
    "/fonctionnalites": "/en/features",
    "/tarifs": "/en/pricing",
    "/mentions-legales": "/en/legal-notice",
    "/conditions": "/en/terms",
    "/confidentialite": "/en/privacy",
    "/sous-traitance": "/en/data-processing",
}
BOTH = [*PAIRS, *PAIRS.values()]


def get(visitor: TenantClient, path: str) -> str:
    response = visitor.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return str(response.content.decode())


@pytest.mark.parametrize(("french", "english"), PAIRS.items())
def test_each_page_is_there_in_both_languages_and_names_the_other(
    visitor: TenantClient, french: str, english: str
) -> None:
    for path, language in ((french, "fr"), (english, "en")):
        html = get(visitor, path)
        assert f'<html lang="{language}"' in html
        assert f'<link rel="canonical" href="{ORIGIN}{path}">' in html
        for code, other in (("fr", french), ("en", english), ("x-default", french)):
            assert f'hreflang="{code}" href="{ORIGIN}{other}"' in html, (path, code)
        # The switch leads to this very page in the other language.
        assert f'<a href="{english}" lang="en"' in html
        assert f'property="og:url" content="{ORIGIN}{path}"' in html


def test_ten_seconds_say_what_it_does_for_whom(visitor: TenantClient) -> None:
    html = get(visitor, "/")
    for words in ("une boutique", "un métier de service", "une marque amie"):
        assert f"<h3>{words}</h3>" in html
    assert re.search(r'<iframe name="cagnotte" src="/exemple/cagnotte', html)
    assert re.search(r'<iframe name="boutique" src="/exemple/boutique"', html)


def test_a_visit_stores_nothing_in_the_browser(visitor: TenantClient) -> None:
    """D8: not even the cookie that protects forms, where there is no form."""
    for path in BOTH:
        get(visitor, path)
        assert not visitor.cookies, path


@pytest.mark.parametrize("path", BOTH)
def test_a_page_is_light(visitor: TenantClient, path: str) -> None:
    """S1's aim, held here as well: HTML, styles and script, gzipped."""
    html = get(visitor, path)
    weight = len(gzip.compress(html.encode()))
    names = re.findall(r'(?:href|src)="[^"]*/static/([^"]+\.(?:css|js))"', html)
    assert any(name.endswith(".css") for name in names)
    for name in names:
        file = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.(css|js)$)", "", name))
        assert file, name
        weight += len(gzip.compress(Path(str(file)).read_bytes()))
    assert weight <= MOST, f"{path}: {weight} bytes"


def test_the_prices_are_those_of_the_table_of_plans(visitor: TenantClient) -> None:
    html = get(visitor, "/tarifs")
    cards = re.split(r'<section class="plan', html)[1:]
    assert len(cards) == len(SOLD)
    for plan, card in zip(SOLD, cards, strict=True):
        for cents in (plan.month, plan.year, round(plan.year / 12)):
            assert formats.money(cents, "EUR") in card, plan.key
        held, missing = card.split("without", 1) if "without" in card else (card, "")
        for feature in Allowed:
            assert str(feature.label) in (held if feature in plan.features else missing)


def test_the_choice_of_a_plan_says_what_each_adds(visitor: TenantClient) -> None:
    """From the table of plans: what the one before has not, the limits, the way to the prices."""
    html = get(visitor, "/inscription")
    tiles = html.split('<label class="tile">')[1:]
    assert len(tiles) == len(SOLD)
    held: frozenset[Allowed] = frozenset()
    for plan, tile in zip(SOLD, tiles, strict=True):
        lines = re.findall(r"<span>([^<]+)</span>", tile.partition("</label>")[0])
        added = [str(one.label) for one in Allowed if one in plan.features - held]
        assert [line for line in lines if line in {str(one.label) for one in Allowed}] == added
        assert formats.number(plan.limits[Limit.PROFILES] or 0) in lines[-1]
        held = plan.features
    assert 'href="/tarifs" target="_blank"' in html


def test_search_engines_find_every_page_and_its_translation(visitor: TenantClient) -> None:
    robots = get(visitor, "/robots.txt")
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in robots
    assert "Disallow: /exemple/" in robots
    tree = ET.fromstring(get(visitor, "/sitemap.xml"))
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = [node.text for node in tree.findall("s:url/s:loc", space)]
    assert sorted(found) == sorted(ORIGIN + path for path in BOTH)
    for address in found:
        assert visitor.get(str(address).removeprefix(ORIGIN)).status_code == 200


def test_links_are_made_from_what_is_configured_and_never_from_a_request(
    visitor: TenantClient,
) -> None:
    """R30: a forged header moves no address of the page."""
    response = visitor.get("/", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil.example" not in response.content.decode()


def test_the_legal_notice_names_who_runs_this_installation(
    visitor: TenantClient, settings: Settings
) -> None:
    settings.OPERATOR = {
        **settings.OPERATOR,
        "company": "Galets SAS; 1 quai de Saône, 69001 Lyon; RCS Lyon <b>900 000 000</b>",
        "company_name": "Galets SAS",
        "contact": "bonjour@galets.example",
    }
    html = get(visitor, "/mentions-legales")
    assert "Galets SAS<br" in html
    assert "RCS Lyon &lt;b&gt;900" in html  # R34: shown, not obeyed
    assert "bonjour@galets.example" in get(visitor, "/en/privacy")


def test_an_old_version_of_the_terms_can_be_read_and_an_unknown_one_is_404(
    visitor: TenantClient,
) -> None:
    assert f"Version {texts.LATEST}" in get(visitor, f"/conditions/{texts.LATEST}")
    for version in ("2020-01", "../pages/notice", "2026-11.fr", ""):
        assert visitor.get(f"/conditions/{version}").status_code == 404, version


def test_each_text_is_there_in_both_languages_and_has_a_title() -> None:
    for language in ("fr", "en"):
        text = texts.terms(language=language)
        assert text.title
        assert len(text.text_hash) == 64
        assert "{" not in text.source
    assert texts.terms(language="fr").text_hash != texts.terms(language="en").text_hash


def test_log_in_is_found_in_both_languages(visitor: TenantClient) -> None:
    assert "Où vous connecter" in get(visitor, "/connexion")
    assert '<html lang="en"' in get(visitor, "/en/connexion")


def test_a_first_visit_follows_the_browser_and_a_choice_is_kept(visitor: TenantClient) -> None:
    """Without storing anything: within the site the address says the language."""
    english = {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}
    first = visitor.get("/", headers=english)
    assert (first.status_code, first["Location"]) == (302, "/en/")
    chosen = visitor.get("/", headers={**english, "Sec-Fetch-Site": "same-origin"})
    older = visitor.get("/", headers={**english, "Referer": f"{ORIGIN}/en/"})
    french = visitor.get("/", headers={"Accept-Language": "fr-FR,en;q=0.5"})
    for answer in (chosen, older, french, visitor.get("/")):
        assert answer.status_code == 200 and '<html lang="fr"' in answer.content.decode()
    # An address that names its language was meant.
    assert visitor.get("/en/", headers={"Accept-Language": "fr"}).status_code == 200
    for answer in (first, chosen):
        assert {"Accept-Language", "Sec-Fetch-Site"} <= set(answer["Vary"].split(", "))
    assert not first.cookies


def test_the_language_is_chosen_in_the_menu_of_a_phone(visitor: TenantClient) -> None:
    menu = get(visitor, "/tarifs").split('class="dropdown bar-menu"')[1].split("</details>")[0]
    assert '<a href="/en/pricing" lang="en"' in menu
