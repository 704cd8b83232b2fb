"""Asking for a back office: what is taken, what is refused and in which words."""

import re

import pytest
from django.utils import timezone

from accounts.models import Role, User
from accounts.services import create_member
from signup import sealed, texts
from signup.addresses import Standing, look_at, suggest
from signup.models import Signup
from signup.services import asking
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from tests.signup.conftest import LEA, Send, deliver, link_in, sealed_field, words_of

pytestmark = pytest.mark.django_db


def test_a_request_is_kept_with_the_terms_and_answered_by_email(send: Send) -> None:
    response = send()
    assert "Consultez votre messagerie" in words_of(response)
    row = Signup.objects.get()
    assert (row.slug, row.plan, row.interval, row.language) == (
        "atelier-brume",
        "growing",
        "month",
        "fr",
    )
    assert row.terms_version == texts.LATEST
    assert row.terms_hash == texts.terms(language="fr").text_hash
    assert abs((timezone.now() - row.terms_accepted_at).total_seconds()) < 60
    assert row.password == ""
    [letter] = deliver()
    assert letter.to == [LEA["email"]]
    assert letter.subject == "Ouvrez le back-office d’Atelier Brume"
    assert link_in(letter).startswith("/inscription/")
    assert deliver() == []


def test_in_english_all_of_it_is_english(send: Send) -> None:
    assert send("/en/sign-up").status_code == 200
    row = Signup.objects.get()
    assert row.language == "en"
    assert row.terms_hash == texts.terms(language="en").text_hash
    [letter] = deliver()
    assert letter.subject == "Open the back office of Atelier Brume"
    assert link_in(letter).startswith("/en/sign-up/")


def test_one_form_sent_twice_is_one_request_and_one_email(visitor: TenantClient) -> None:
    """R3, B9: a double click, and Back and send again."""
    seal = sealed_field(visitor.get("/inscription").content.decode())
    for _turn in range(3):
        response = visitor.post("/inscription", {**LEA, "sealed": seal})
        assert "Consultez votre messagerie" in words_of(response)
    assert Signup.objects.count() == 1
    assert len(deliver()) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"slug": "admin"}, "admin est réservée à la plateforme. Essayez boutique-admin"),
        ({"slug": "maison-lumen"}, "maison-lumen est déjà prise. Essayez maison-lumen-2"),
        ({"slug": "a" * 41}, "de 3 à 40 caractères"),
        ({"slug": "éléphant"}, "sans accent, chiffres ou tirets, par exemple elephant."),
        ({"slug": "mаison-lumen"}, "sans accent"),  # a Cyrillic а
        ({"slug": "ab"}, "de 3 à 40 caractères"),
        ({"slug": "deux--tirets"}, "par exemple deux-tirets"),
        ({"slug": "xn--80ak6aa92e"}, "de 3 à 40 caractères"),
        ({"email": "lea@mailinator.com"}, "Cette adresse est jetable"),
        ({"email": "lea@boite.yopmail.com"}, "Cette adresse est jetable"),
        ({"email": "lea"}, "Indiquez une adresse complète"),
        ({"email": "lea@exemple.fr\nBcc: tous@exemple.fr"}, "Indiquez une adresse complète"),
        ({"email": ""}, "Indiquez une adresse e-mail"),
        ({"shop_name": " "}, "Indiquez le nom de votre boutique"),
        ({"shop_name": "<script>"}, "Indiquez le nom de votre boutique"),
        ({"shop_name": "Gagnez 500 € sur https://evil.example"}, "Indiquez le nom de votre"),
        ({"shop_name": "Gagnez 500 € sur evil.com"}, "sans adresse de site"),
        ({"shop_name": "Evil．com/gagner"}, "sans adresse de site"),
        ({"shop_name": "evil。com"}, "sans adresse de site"),
        ({"shop_name": "x" * 121}, "Indiquez le nom de votre boutique"),
        ({"plan": "partner"}, "Choisissez une des possibilités proposées"),
        ({"plan": "gold"}, "Choisissez une des possibilités proposées"),
        ({"interval": "week"}, "Choisissez une des possibilités proposées"),
        ({"terms": ""}, "Cochez cette case pour accepter les conditions"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_kept(
    merchant: Tenant, send: Send, changes: dict[str, str], says: str
) -> None:
    """B2: 422, what to do, and every value as it was typed."""
    response = send(**changes)
    html = words_of(response)
    assert response.status_code == 422
    assert says in html
    assert "<title>Erreur :" in html
    assert "error-summary" in html
    for name in {"shop_name", "email"} - set(changes):
        assert f'value="{LEA[name]}"' in html
    assert not Signup.objects.exists()
    assert deliver() == []


def test_all_that_is_wrong_is_said_at_once(send: Send) -> None:
    html = words_of(send(email="lea@mailinator.com", slug="admin", shop_name="", terms=""))
    for words in ("adresse est jetable", "est réservée", "nom de votre boutique", "Cochez cette"):
        assert words in html
    assert "4 points à corriger" in html


def test_a_program_that_fills_in_everything_gets_the_same_answer_and_nothing_leaves(
    send: Send,
) -> None:
    """The honeypot: nobody sees it, and it tells nothing."""
    assert "Consultez votre messagerie" in words_of(send(message="Buy now"))
    assert not Signup.objects.exists()


def test_a_form_that_comes_too_soon_or_from_nowhere_is_asked_again(
    send: Send, visitor: TenantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values are kept, a person only has to press again; without our signature nothing is taken."""
    for value in ("", "forged", sealed_field(visitor.get("/inscription").content.decode())[:-2]):
        response = visitor.post("/inscription", {**LEA, "sealed": value})
        assert response.status_code == 422
        assert "ouverte depuis longtemps" in words_of(response)
    monkeypatch.undo()
    response = send()
    assert response.status_code == 422
    assert "parti très vite" in words_of(response)
    assert f'value="{LEA["email"]}"' in words_of(response)
    assert not Signup.objects.exists()


def test_a_page_of_yesterday_is_asked_again(visitor: TenantClient) -> None:
    old = timezone.now() - sealed.LONGEST * 2
    response = visitor.post(
        "/inscription", {**LEA, "sealed": sealed.seal(terms=texts.LATEST, now=old)}
    )
    assert (response.status_code, Signup.objects.count()) == (422, 0)


def test_terms_that_changed_since_are_read_again(
    visitor: TenantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = sealed.seal(terms="2025-01", now=timezone.now())
    response = visitor.post("/inscription", {**LEA, "sealed": stale})
    assert response.status_code == 422
    assert "Les conditions ont changé" in words_of(response)
    assert not Signup.objects.exists()


def test_an_owner_is_told_by_email_and_not_on_the_page(merchant: Tenant, send: Send) -> None:
    """R33: the same page, the same steps; the letter names what they own, and lets them go on."""
    create_member(
        email="Lea@Atelier-Brume.fr",
        first_name="Léa",
        last_name="",
        password=None,
        tenant_id=merchant.id,
        role=Role.OWNER,
        now=timezone.now(),
    )
    stranger = send(email="inconnue@exemple.fr")
    owner = send()
    same = [
        words_of(one).replace("inconnue@exemple.fr", "X").replace(LEA["email"], "X")
        for one in (stranger, owner)
    ]
    assert same[0] == same[1]
    letters = {letter.to[0]: letter for letter in deliver()}
    assert letters[LEA["email"]].subject == "Vous avez déjà un back-office"
    assert "http://maison-lumen.ricochet.localhost/connexion" in letters[LEA["email"]].body
    assert link_in(letters[LEA["email"]])
    assert "déjà" not in letters["inconnue@exemple.fr"].body
    assert User.objects.count() == 1


def test_an_address_gets_three_emails_a_day_and_a_connection_has_ten_tries(send: Send) -> None:
    """R42, R32: 429 with the time to wait, the same for everybody."""
    for _turn in range(asking.PER_ADDRESS):
        assert send().status_code == 200
    response = send()
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    for number in range(asking.PER_CONNECTION - asking.PER_ADDRESS):
        assert send(email=f"lea{number}@exemple.fr").status_code == 200
    assert send(email="autre@exemple.fr").status_code == 429
    assert Signup.objects.count() == asking.PER_CONNECTION


def test_one_inbox_is_one_address_whatever_its_aliases(send: Send) -> None:
    """R42: what a person is mailed is counted by the inbox, as fraud is judged."""
    for email in ("lea.brume@gmail.com", "leabrume+a@gmail.com", "L.eabrume@googlemail.com"):
        assert send(email=email).status_code == 200
    assert send(email="leabrume+b@gmail.com").status_code == 429
    assert send(email="leabrume@exemple.fr").status_code == 200


def test_one_line_is_one_connection_whatever_its_addresses(
    send: Send, visitor: TenantClient
) -> None:
    """R42: an IPv6 line has a whole /64; two IPv4 lines stay two."""

    def asking_from(address: str, number: int) -> int:
        visitor.defaults["REMOTE_ADDR"] = address
        return send(email=f"lea{number}@exemple.fr").status_code

    for number in range(asking.PER_CONNECTION):
        assert asking_from(f"2001:db8:1:2::{number + 1:x}", number) == 200
    assert asking_from("2001:db8:1:2:ffff::1", 20) == 429
    assert asking_from("2001:db8:1:3::1", 21) == 200
    assert asking_from("::ffff:203.0.113.1", 22) == 200


@pytest.mark.parametrize(
    "name", ["St. Michel & Cie", "L’atelier n°2.0", "C. Dior", "Brume…", "R&B"]
)
def test_a_dot_that_makes_no_address_is_taken(name: str) -> None:
    assert asking.checked_name(name) == name


def test_a_form_that_was_refused_gets_a_seal_of_its_own(send: Send) -> None:
    """The page before it made no sign-up; what is sent from the new one makes one."""
    refused = send(shop_name="")
    again = sealed.opened(sealed_field(refused.content.decode()), now=timezone.now())
    assert (
        again.key
        != sealed.opened(sealed_field(send(shop_name="").content.decode()), now=timezone.now()).key
    )


def test_a_form_from_another_site_is_refused(visitor: TenantClient) -> None:
    """R28: a sibling of ours is same-site, and still another origin."""
    strict = TenantClient(None, enforce_csrf_checks=True)
    strict.defaults["HTTP_ORIGIN"] = "http://maison-lumen.ricochet.localhost"
    page = strict.get("/inscription").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    body = {**LEA, "sealed": sealed_field(page), "csrfmiddlewaretoken": token[1]}
    assert strict.post("/inscription", body).status_code == 403
    assert not Signup.objects.exists()


# ------------------------------------------------------------------ the address, as it is typed
def test_the_address_follows_the_name_until_somebody_changes_it(visitor: TenantClient) -> None:
    looked = visitor.get(
        "/inscription/adresse", {"field": "shop_name", "shop_name": "L’Épicerie d’Anaïs"}
    )
    assert looked["HX-Retarget"] == "#address"
    assert 'value="l-epicerie-d-anais"' in looked.content.decode()
    follows = {"field": "shop_name", "shop_name": "Chez Zoé", "suggested": "l-epicerie-d-anais"}
    again = visitor.get("/inscription/adresse", {**follows, "slug": "l-epicerie-d-anais"})
    assert 'value="chez-zoe"' in again.content.decode()
    own = visitor.get("/inscription/adresse", {**follows, "slug": "a-moi"})
    assert own.status_code == 204


def test_the_address_is_looked_at_as_it_is_typed(merchant: Tenant, visitor: TenantClient) -> None:
    def said(slug: str) -> str:
        return words_of(visitor.get("/inscription/adresse", {"slug": slug}))

    assert "atelier-brume est libre" in said("atelier-brume")
    assert "déjà prise" in said("maison-lumen")
    assert "déjà prise" in said(" Maison-Lumen ")
    assert "<b>" not in said("<b>")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Atelier Brume", "atelier-brume"),
        ("Éléphant & Cie", "elephant-cie"),
        ("Admin", "boutique-admin"),
        ("東京", "boutique-2"),  # "boutique" is kept for the platform
        ("Maison Lumen", "maison-lumen-2"),
        ("A", "boutique-a"),
        ("x" * 200, "x" * 32),
    ],
)
def test_a_suggestion_is_always_an_address_that_is_free(
    merchant: Tenant, name: str, slug: str
) -> None:
    assert suggest(name) == slug
    assert look_at(slug).standing == Standing.FREE
