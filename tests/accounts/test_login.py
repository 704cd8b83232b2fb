"""Logging in on a tenant's own address."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import hashers

from accounts.models import LoginSession, User
from tenants.models import Tenant
from tests.accounts.conftest import PASSWORD, Cast, session_cookie
from tests.fixtures.tenants import TenantClient

PAGE = "/connexion"


def test_a_member_logs_in_and_lands_where_they_were_going(
    cast: Cast, browser: TenantClient
) -> None:
    response = browser.get("/compte?x=1")
    assert response["Location"] == "/connexion?next=%2Fcompte%3Fx%3D1"
    response = browser.post(
        PAGE, {"email": "CAMILLE@exemple.fr", "password": PASSWORD, "next": "/compte?x=1"}
    )
    assert (response.status_code, response["Location"]) == (302, "/compte?x=1")
    assert browser.get("/compte").status_code == 200


@pytest.mark.parametrize(
    "email, password",
    [
        ("camille@exemple.fr", "autre chose"),
        ("sami@exemple.fr", PASSWORD),
        ("personne@exemple.fr", PASSWORD),
    ],
    ids=["wrong password", "right password of a stranger", "unknown address"],
)
def test_every_refusal_has_the_same_words_and_hashes_once(
    cast: Cast,
    browser: TenantClient,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
    password: str,
) -> None:
    """R33: neither the answer nor its cost tells whether an address exists."""
    runs: list[str] = []
    hasher = hashers.MD5PasswordHasher
    original = hasher.encode

    def counted(self: hashers.MD5PasswordHasher, password: str, salt: str) -> str:
        runs.append(salt)
        return original(self, password, salt)

    monkeypatch.setattr(hasher, "encode", counted)
    response = browser.post(PAGE, {"email": email, "password": password})
    assert response.status_code == 422
    assert "ne correspond pas" in response.content.decode()
    # What was typed comes back (B2), and is all that differs; the password never does.
    assert email in response.content.decode()
    assert password not in response.content.decode()
    assert len(runs) == 1
    assert not LoginSession.objects.filter(user_id__isnull=False).exists()


def test_a_person_who_was_made_inactive_gets_the_same_answer(
    cast: Cast, browser: TenantClient
) -> None:
    User.objects.filter(pk=cast.owner.user_id).update(is_active=False)
    response = browser.post(PAGE, {"email": "camille@exemple.fr", "password": PASSWORD})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "https://ailleurs.example/",
        "//ailleurs.example/",
        "/\\ailleurs.example/",
        "javascript:alert(1)",
        "ailleurs",
        "http://atelier-marin.ricochet.localhost/compte",
    ],
)
def test_next_never_leads_to_another_host(cast: Cast, browser: TenantClient, target: str) -> None:
    """R31."""
    response = browser.post(
        PAGE, {"email": "camille@exemple.fr", "password": PASSWORD, "next": target}
    )
    assert response["Location"] == "/"


def test_cookies_are_tied_to_the_host(cast: Cast, browser: TenantClient) -> None:
    """R27: `__Host-`, which browsers take only with Secure, Path=/ and no Domain."""
    browser.get(PAGE)
    browser.post(PAGE, {"email": "camille@exemple.fr", "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = browser.cookies[name]
        assert name.startswith("__Host-")
        assert cookie["secure"] and cookie["httponly"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"


def test_the_session_key_changes_at_log_in(cast: Cast, browser: TenantClient) -> None:
    """R29: a key that was planted before is worth nothing after."""
    browser.post(PAGE, {"email": "camille@exemple.fr", "password": PASSWORD})
    before = session_cookie(browser)
    browser.post("/deconnexion")
    assert session_cookie(browser) != before
    planted = session_cookie(browser)
    browser.post(PAGE, {"email": "camille@exemple.fr", "password": PASSWORD})
    assert session_cookie(browser) not in (planted, before)


def test_log_in_needs_the_token_and_the_exact_origin(cast: Cast, merchant: Tenant) -> None:
    """R28: siblings are same-site, so SameSite does not help."""
    data = {"email": "camille@exemple.fr", "password": PASSWORD}
    strict = TenantClient(merchant, enforce_csrf_checks=True)
    assert strict.post(PAGE, data).status_code == 403
    strict.get(PAGE)
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    data["csrfmiddlewaretoken"] = token
    sibling = "http://atelier-marin.ricochet.localhost"
    assert strict.post(PAGE, data, HTTP_ORIGIN=sibling).status_code == 403
    assert strict.post(PAGE, data).status_code == 302


def test_logging_out_takes_a_post_and_ends_the_session(
    cast: Cast, logged_in: Callable[..., TenantClient]
) -> None:
    client = logged_in(cast.owner.user)
    assert client.get("/deconnexion").status_code == 405
    assert client.get("/compte").status_code == 200
    assert client.post("/deconnexion").status_code == 302
    assert client.get("/compte").status_code == 302
    assert not LoginSession.objects.filter(user_id=cast.owner.user_id).exists()


def test_there_is_no_sign_up_and_no_page_of_allauth(cast: Cast, browser: TenantClient) -> None:
    for path in ("/signup", "/signup/", "/accounts/login/", "/inscription", "/2fa/", "/login/"):
        assert browser.get(path).status_code == 404, path
