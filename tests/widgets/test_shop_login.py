"""The shop signs who is logged in there; their cagnotte opens, once, and nobody else's (R24)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from pytest_django import DjangoDbBlocker

from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.architecture.sources import ROOT
from tests.fixtures.tenants import TenantClient
from tests.fixtures.together import together
from tests.widgets.signing import CAMILLE, FROM_SHOP, NOW, SHOP, follow, name_in, token
from widgets.models import ShopKey, SpaceLink, SpaceSession
from widgets.shop_login import keys, links
from widgets.shop_login.pages import REFUSALS, snippet
from widgets.space import sessions


@pytest.fixture(autouse=True)
def clock() -> Any:
    keys._touched.clear()
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def test_the_snippet_of_the_documents_opens_the_cagnotte(
    merchant: Tenant, key: tuple[ShopKey, str], camille: Profile
) -> None:
    """D1: what the page and the README show runs as it stands, with the shop's own key."""
    row, secret = key
    code = snippet().replace("shk_…", row.public_id).replace("rs_…", secret)
    written: dict[str, Any] = {}
    exec(code, written)
    url = urlsplit(written["cagnotte_url"]({"email": "camille@exemple.fr"}))
    assert url.path == "/espace/boutique"
    client = TenantClient(merchant)
    answer = client.get(f"{url.path}?{url.query}", headers=FROM_SHOP)
    assert (answer.status_code, answer["Location"]) == (302, "/espace")
    assert name_in(client) == "Camille"
    assert snippet().strip() in (ROOT / "widgets" / "README.md").read_text(encoding="utf-8")


def test_a_link_works_once(merchant: Tenant, key: tuple[ShopKey, str], camille: Profile) -> None:
    link = token(key)
    client = TenantClient(merchant)
    assert follow(client, link).status_code == 302
    again = follow(TenantClient(merchant), link)
    assert again.status_code == 410 and sessions.COOKIE not in again.cookies
    assert SpaceSession.objects.count() == SpaceLink.objects.filter(purpose="shop").count() == 1
    row = ShopKey.objects.get()
    assert (row.refusal, row.last_used_at) == ("used", NOW)


def test_of_many_taps_at_once_one_opens_the_space(
    live_merchant: Tenant, django_db_blocker: DjangoDbBlocker
) -> None:
    """R3, R24."""
    link = token(keys.create_key(name="Boutique", now=NOW))
    taps = [lambda: links.use(token=link, now=NOW)] * 6
    came = together(taps, tenant=live_merchant, blocker=django_db_blocker)
    assert sum(isinstance(one, Profile) for one in came) == 1
    assert Profile.objects.count() == SpaceLink.objects.count() == 1


def test_somebody_who_was_sent_a_link_is_told_whose_cagnotte_it_is(
    merchant: Tenant, key: tuple[ShopKey, str], camille: Profile
) -> None:
    """R28: a link that no page of the shop led to waits for a tap, which carries a token."""
    for headers in (
        {"Referer": "https://elsewhere.example/"},
        {"Referer": f"{SHOP}/", "Sec-Fetch-Dest": "iframe"},
        {"Referer": f"{SHOP}/", "Sec-Purpose": "prefetch"},
        {"Accept": "text/html"},
    ):
        client = TenantClient(merchant, enforce_csrf_checks=True)
        page = follow(client, token(key), **headers)
        assert page.status_code == 200 and "La cagnotte de Camille" in page.content.decode()
        assert sessions.COOKIE not in page.cookies
    assert client.post("/espace/boutique", {"lien": token(key)}).status_code == 403
    assert not SpaceLink.objects.exists()
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found
    tapped = {"lien": token(key), "csrfmiddlewaretoken": found[1]}
    answer = client.post("/espace/boutique", tapped)
    assert answer.status_code == 302 and name_in(client) == "Camille"


def test_without_a_name_the_address_is_shown_in_part(
    merchant: Tenant, key: tuple[ShopKey, str], camille: Profile
) -> None:
    page = follow(
        TenantClient(merchant), token(key, {"email": "camille@exemple.fr"}), Accept="text/html"
    ).content.decode()
    assert "c…@exemple.fr" in page


BAD: dict[str, tuple[Callable[[tuple[ShopKey, str]], str], str]] = {
    "another secret": (lambda k: token(k, secret="rs_" + "0" * 40), "signature"),
    "a changed body": (lambda k: token(k).replace(".ey", ".eyA", 1), "signature"),
    "no signature": (lambda k: token(k).rpartition(".")[0], "signature"),
    "letters that are none": (lambda k: f"{k[0].public_id}.é.é", "signature"),
    "over": (lambda k: token(k, lasts=-1), "too_late"),
    "for an hour": (lambda k: token(k, lasts=3600), "too_long"),
    "no nonce": (lambda k: token(k, nonce=None), "nonce"),
    "a short nonce": (lambda k: token(k, nonce="a"), "nonce"),
    "no end": (lambda k: token(k, expires_at="soon"), "expires_at"),
    "an end that is true": (lambda k: token(k, expires_at=True), "expires_at"),
    "an endless end": (lambda k: token(k, expires_at=10**30), "too_long"),
    "nobody": (lambda k: token(k, {}), "customer"),
    "no customer": (lambda k: token(k, "camille@exemple.fr"), "customer"),
    "an unknown field": (lambda k: token(k, {**CAMILLE, "balance": 5}), "customer"),
    "an unknown word": (lambda k: token(k, role="owner"), "body"),
    "no address": (lambda k: token(k, {"email": "camille"}), "customer"),
    "a link as a name": (
        lambda k: token(k, {**CAMILLE, "first_name": "https://x.example"}),
        "customer",
    ),
    "a zero byte": (lambda k: token(k, {**CAMILLE, "id": "a\x00"}), "customer"),
}
NOTHING = {
    "nothing": "",
    "dots": "..",
    "a key that is none": "shk_00000000000000000000000000.e30.00",
    "a novel": "shk_x." + "a" * 3000,
}


@pytest.mark.parametrize("case", [*BAD, *NOTHING])
def test_whatever_is_wrong_is_refused_alike_and_changes_nothing(
    merchant: Tenant, key: tuple[ShopKey, str], camille: Profile, case: str
) -> None:
    """R24, R33: one page for all; the merchant's page of keys says why."""
    make, reason = BAD.get(case, (lambda _: NOTHING[case], ""))
    plain = follow(TenantClient(merchant), "").content.decode()
    client = TenantClient(merchant)
    for answer in (follow(client, make(key)), client.post("/espace/boutique", {"lien": make(key)})):
        assert answer.status_code == 410
        assert without_tokens(answer.content.decode()) == without_tokens(plain)
        assert sessions.COOKIE not in answer.cookies
    assert not SpaceLink.objects.exists() and not SpaceSession.objects.exists()
    assert Profile.objects.count() == 1
    assert ShopKey.objects.get().refusal == reason
    assert not reason or REFUSALS[reason]


def without_tokens(html: str) -> str:
    return re.sub(r'(csrf\w*" value=|X-CSRFToken": |nonce=|src=|href=)"[^"]*"', "", html)


def test_a_revoked_key_opens_nothing_and_a_rotated_one_does_for_a_while(
    merchant: Tenant, key: tuple[ShopKey, str], camille: Profile, clock: Any
) -> None:
    """D2: rotation with overlap."""
    row, _secret = key
    new = keys.rotate_key(key_id=row.id, overlap=timedelta(hours=24), now=NOW)
    assert new[1] != key[1]
    assert follow(TenantClient(merchant), token(key, nonce="a" * 16)).status_code == 302
    assert follow(TenantClient(merchant), token(new, nonce="b" * 16)).status_code == 302
    clock.shift(timedelta(hours=25))
    assert follow(TenantClient(merchant), token(key, nonce="c" * 16)).status_code == 410
    assert follow(TenantClient(merchant), token(new, nonce="d" * 16)).status_code == 302
    keys.revoke_key(key_id=new[0].id, now=NOW)
    assert follow(TenantClient(merchant), token(new, nonce="e" * 16)).status_code == 410


def test_a_link_of_another_merchant_opens_nothing(
    merchant: Tenant, other_merchant: Tenant, key: tuple[ShopKey, str], camille: Profile
) -> None:
    """R23, R24: neither under its own name nor under that of a key from here."""
    with enter(other_merchant):
        theirs = keys.create_key(name="Boutique", now=NOW)
        same = keys.secret_of(key_id=key[0].id)
    assert same != key[1], "the secret is this merchant's, not the id's alone"
    for link in (token(theirs), token((key[0], theirs[1])), token((key[0], same))):
        assert follow(TenantClient(merchant), link).status_code == 410
    assert not SpaceSession.objects.exists()


def test_a_customer_whom_only_the_shop_knew_gets_a_cagnotte(
    merchant: Tenant, key: tuple[ShopKey, str]
) -> None:
    """SP-06: whoever has an account there can become a referrer before any order."""
    client = TenantClient(merchant)
    assert follow(client, token(key)).status_code == 302
    made = Profile.objects.get()
    assert (made.email, made.external_id, made.source) == ("camille@exemple.fr", "881", "shop")
    assert name_in(client) == "Camille"


def test_an_address_that_somebody_gave_themselves_opens_nobody_elses_space(
    merchant: Tenant, key: tuple[ShopKey, str]
) -> None:
    """The shop's id decides, and an address that has another id is refused."""
    follow(TenantClient(merchant), token(key, nonce="a" * 16))
    thief = {"id": "666", "email": "camille@exemple.fr", "first_name": "Voleur"}
    assert follow(TenantClient(merchant), token(key, thief, nonce="b" * 16)).status_code == 410
    assert ShopKey.objects.get().refusal == "conflict"
    moved = {"id": "881", "email": "other@exemple.fr"}
    client = TenantClient(merchant)
    assert follow(client, token(key, moved, nonce="c" * 16)).status_code == 302
    assert name_in(client) == "Camille" and Profile.objects.count() == 1


def test_no_secret_lies_in_the_database(key: tuple[ShopKey, str]) -> None:
    row, secret = key
    assert secret.startswith("rs_") and len(secret) == 43
    assert secret not in str(ShopKey.objects.filter(id=row.id).values().get())
    assert secret[-4:] == row.last4


def test_a_form_that_comes_twice_makes_one_key(key: tuple[ShopKey, str]) -> None:
    """B9, R3."""
    with pytest.raises(keys.ShopKeyExistsError):
        keys.create_key(name="Boutique", key_id=key[0].id, now=NOW)
    keys.rotate_key(key_id=key[0].id, overlap=timedelta(0), now=NOW)
    with pytest.raises(keys.ShopKeyIsOverError):
        keys.rotate_key(key_id=key[0].id, overlap=timedelta(0), now=NOW)
    assert ShopKey.objects.count() == 2
