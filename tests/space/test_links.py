"""`/r/<code>`: the door that a shared link leads to."""

import gzip
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tenants.lookup import forget
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import versions
from tenants.referrals import codes
from tenants.referrals import services as referrals
from tenants.referrals.models import Channel, Click
from tenants.referrals.signed import signature
from tests.fixtures.tenants import TenantClient
from tests.space.conftest import SHOP, STARTED
from widgets.links import destination, landing, views


def page_of(client: TenantClient, path: str, **extra: Any) -> str:
    response = client.get(path, **extra)
    assert response.status_code == 200
    return response.content.decode()


def button(html: str) -> str:
    found = re.search(r'class="button" href="([^"]+)"', html)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_visit_is_stored_and_its_id_travels_to_the_shop(visitor: TenantClient, code: str) -> None:
    """SP-17: the button leads to the merchant's shop with code and click."""
    target = urlsplit(button(page_of(visitor, f"/r/{code.lower()}?s=whatsapp")))
    click = Click.objects.get()
    assert f"{target.scheme}://{target.netloc}{target.path}" == SHOP
    sign = signature(code=code, click=str(click.id))
    assert parse_qs(target.query) == {"ref": [code], "rc": [str(click.id)], "rs": [sign]}
    assert click.channel == Channel.WHATSAPP


def test_the_page_says_who_invites_what_it_brings_and_until_when(
    visitor: TenantClient, code: str
) -> None:
    """S2."""
    html = page_of(visitor, f"/r/{code}")
    assert "Camille vous invite chez Maison Lumen" in html
    assert "5,00\u00a0€ pour vous après votre première commande, dès 30,00\u00a0€ d’achat." in html
    assert "30 jours" in html
    assert "<details" in html
    assert 'property="og:title"' in html
    assert 'property="og:description"' in html


def test_the_page_is_light_and_needs_no_script(visitor: TenantClient, code: str) -> None:
    """S1: HTML and CSS in one answer of at most 50 KB gzipped."""
    html = page_of(visitor, f"/r/{code}")
    assert len(gzip.compress(html.encode())) < 8 * 1024
    assert "<script" not in html
    assert 'rel="stylesheet"' not in html


def test_nothing_is_stored_in_the_visitors_browser(visitor: TenantClient, code: str) -> None:
    """D8."""
    for path in (f"/r/{code}", f"/r/{code}/go", "/r/PERSONNE-99"):
        response = visitor.get(path)
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"


def test_the_page_allows_its_own_style_and_nothing_else(visitor: TenantClient, code: str) -> None:
    """R34: each answer has its own nonce; no page is served with another's."""
    nonces = []
    for _ in range(2):
        response = visitor.get(f"/r/{code}")
        used = set(re.findall(r'<style nonce="([^"]+)"', response.content.decode()))
        assert len(used) == 1
        nonces.append(used.pop())
        assert f"'nonce-{nonces[-1]}'" in response["Content-Security-Policy"]
    assert nonces[0] != nonces[1]


def test_each_visit_has_its_own_click(visitor: TenantClient, code: str) -> None:
    first, second = (button(page_of(visitor, f"/r/{code}")) for _ in range(2))
    assert first != second
    assert Click.objects.count() == 2


def test_the_short_way_leads_straight_to_the_shop(visitor: TenantClient, code: str) -> None:
    response = visitor.get(f"/r/{code}/go?s=qr")
    assert response.status_code == 302
    click = str(Click.objects.get().id)
    sign = signature(code=code, click=click)
    assert response["Location"] == f"{SHOP}?ref={code}&rc={click}&rs={sign}"


def test_a_stored_visit_costs_one_statement_once_the_page_is_known(
    visitor: TenantClient, code: str
) -> None:
    visitor.get(f"/r/{code}")
    with CaptureQueriesContext(connection) as asked:
        visitor.get(f"/r/{code}")
    written = [q["sql"] for q in asked if "search_path" not in q["sql"]]
    assert len(written) == 1
    assert "INSERT INTO referrals_click" in written[0]


def _waits_for_the_disk() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0]) == "on"


def test_only_a_visit_by_itself_does_not_wait_for_the_disk(
    live_merchant: Tenant,
) -> None:
    """A click is no money; what shares its transaction may be."""
    now = STARTED
    camille = profiles.create(email="camille@exemple.fr", source="manual", now=now)
    code = codes.code_for(profile=camille, now=now).code
    with CaptureQueriesContext(connection) as asked:
        assert referrals.record_click(code=code, channel="link", now=now)
    assert "synchronous_commit" in asked[-1]["sql"]
    assert _waits_for_the_disk()
    with transaction.atomic():
        assert referrals.record_click(code=code, channel="link", now=now)
        assert _waits_for_the_disk()
    assert Click.objects.count() == 2


@pytest.mark.parametrize(
    "tricks",
    ["?next=https://evil.example", "?ref=EVIL&rc=1&url=//evil.example", "?s=//evil.example"],
)
def test_the_request_does_not_say_where_a_link_leads(
    visitor: TenantClient, code: str, tricks: str
) -> None:
    """R31."""
    response = visitor.get(f"/r/{code}/go{tricks}")
    assert response["Location"].startswith(f"{SHOP}?ref={code}&rc=")
    assert "evil" not in response["Location"].lower()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://["]
)
def test_a_shop_that_is_no_web_address_is_not_linked_to(merchant: Tenant, url: str) -> None:
    """R31."""
    merchant.site_url = url
    assert destination.shop_url(merchant) == ""


def test_the_shops_own_parameters_stay(merchant: Tenant) -> None:
    assert (
        destination.with_referral("https://a.example?lang=fr&ref=OLD", code="A-B", click="x")
        == "https://a.example/?lang=fr&ref=A-B&rc=x"
    )


def test_an_unknown_code_gets_a_friendly_page_that_leads_to_the_shop(visitor: TenantClient) -> None:
    """R32: one answer for every code that does not lead anywhere."""
    bodies = set()
    for path in ("/r/PERSONNE-99", "/r/%00%00", "/r/%C3%A9%F0%9F%8E%81", "/r/PERSONNE-99/go"):
        response = visitor.get(path)
        assert response.status_code == 404
        bodies.add(re.sub(r'nonce="[^"]+"', "", response.content.decode()))
    assert len(bodies) == 1
    assert button(bodies.pop()) == SHOP
    assert Click.objects.count() == 0


def test_whoever_tries_codes_out_learns_nothing_more(visitor: TenantClient, code: str) -> None:
    """R32: after so many unknown codes, a good one looks unknown too."""
    for n in range(views.MISSES_A_MINUTE):
        assert visitor.get(f"/r/ESSAI-{n}").status_code == 404
    assert visitor.get("/r/ESSAI-DE-TROP").status_code == 429
    refused = visitor.get(f"/r/{code}")
    assert refused.status_code == 429
    assert "Camille" not in refused.content.decode()
    assert int(refused["Retry-After"]) <= 60
    assert visitor.get(f"/r/{code}", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_without_the_cache_links_still_work(
    visitor: TenantClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R8, R32: the throttle fails open."""
    monkeypatch.setattr(cache, "add", lambda *_a, **_k: True)
    for n in range(views.MISSES_A_MINUTE + 5):
        assert visitor.get(f"/r/ESSAI-{n}").status_code == 404
    assert visitor.get(f"/r/{code}").status_code == 200


def test_whoever_opens_their_own_link_is_known_by_their_space(
    at_home: TenantClient, camille: Profile, code: str
) -> None:
    """SP-17, SP-18: the browser that holds the cagnotte says whose it is."""
    at_home.get(f"/r/{code}")
    assert Click.objects.get().visitor_id == camille.id


def test_an_invitation_is_marked_as_opened_when_it_is_the_referrers_own(
    visitor: TenantClient, camille: Profile, code: str
) -> None:
    mine = referrals.invite(referrer=camille, email="a@exemple.fr", first_name="", now=STARTED)
    visitor.get(f"/r/{code}?s=email&i={mine.public_id}")
    mine.refresh_from_db()
    assert mine.clicked_at is not None
    assert Click.objects.get().invitation_id == mine.id


def test_an_invitation_of_somebody_else_is_not_marked(
    visitor: TenantClient, camille: Profile, code: str
) -> None:
    other = profiles.create(now=STARTED, source="manual", email="other@exemple.fr")
    theirs = referrals.invite(referrer=other, email="a@exemple.fr", first_name="", now=STARTED)
    visitor.get(f"/r/{code}?s=email&i={theirs.public_id}")
    theirs.refresh_from_db()
    assert theirs.clicked_at is None
    assert Click.objects.get().invitation_id is None


def test_names_never_run(lumen: Tenant, visitor: TenantClient) -> None:
    """R34: names of people and of brands are text."""
    from tenants.referrals import codes

    person = profiles.create(
        now=STARTED, source="manual", email="x@exemple.fr", first_name='"><img src=x onerror=a()>'
    )
    html = page_of(visitor, f"/r/{codes.code_for(profile=person, now=STARTED).code}")
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_a_closed_programme_promises_nothing(visitor: TenantClient, code: str) -> None:
    versions.publish(now=STARTED, active=False)
    landing.forget_pages()
    html = page_of(visitor, f"/r/{code}")
    assert "5,00" not in html
    assert "n’est pas ouvert en ce moment" in html


def test_a_code_of_another_merchant_is_unknown_here(code: str, other_merchant: Tenant) -> None:
    """R23."""
    assert TenantClient(other_merchant).get(f"/r/{code}").status_code == 404


def test_a_link_to_a_shop_without_an_address_keeps_the_code_and_says_whose_it_is(
    visitor: TenantClient, code: str, merchant: Tenant
) -> None:
    """No dead end: who it is, the code to keep, and whom to write to; the visit is stored."""
    Tenant.objects.filter(id=merchant.id).update(site_url="", public_email="bonjour@lumen.example")
    merchant.refresh_from_db()
    forget(merchant)
    html = page_of(visitor, f"/r/{code}")
    assert 'class="button"' not in html
    assert "Maison Lumen n’a pas encore indiqué ici l’adresse de sa boutique." in html
    assert f'<span class="code">{code}</span>' in html
    assert 'href="mailto:bonjour@lumen.example"' in html
    assert Click.objects.count() == 1
    lost = visitor.get("/r/INCONNU-4T").content.decode()
    assert "n’a pas encore indiqué ici l’adresse" in lost and "ci-dessous" not in lost


def test_the_address_that_somebody_signed_up_with_is_told_to_no_stranger(
    visitor: TenantClient, code: str, merchant: Tenant
) -> None:
    Tenant.objects.filter(id=merchant.id).update(site_url="", contact_email="jeanne@lumen.example")
    merchant.refresh_from_db()
    forget(merchant)
    html = page_of(visitor, f"/r/{code}")
    assert "jeanne@lumen.example" not in html and "Pour venir" not in html
    assert "Maison Lumen" in html
