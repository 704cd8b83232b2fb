"""Codes of a phone's app, and recovery codes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import LoginSession, User
from accounts.services.second_factor import new_secret, switch_on
from tenants.models import Tenant
from tests.accounts.conftest import PASSWORD, Cast, session_cookie
from tests.fixtures.tenants import TenantClient

Enter = Callable[..., TenantClient]


def code_of(secret: str) -> str:
    """What the person's app shows now."""
    counter = sorted(yield_hotp_counters_from_time())[0]
    return str(format_hotp_value(hotp_value(secret, counter)))


@pytest.fixture
def phone(cast: Cast) -> tuple[User, str, list[str]]:
    """Camille with two-factor on: her user, her app's secret, her recovery codes."""
    user, secret = cast.owner.user, new_secret()
    codes = switch_on(user=user, secret=secret, code=code_of(secret), now=timezone.now())
    return user, secret, codes


def password_first(client: TenantClient, next_page: str = "") -> None:
    data = {"email": "camille@exemple.fr", "password": PASSWORD, "next": next_page}
    response = client.post("/connexion", data)
    assert (response.status_code, response["Location"]) == (302, "/connexion/code")


def test_the_password_alone_opens_nothing(
    phone: tuple[User, str, list[str]], browser: TenantClient
) -> None:
    password_first(browser)
    assert browser.get("/compte").status_code == 302
    assert not LoginSession.objects.filter(user_id=phone[0].pk).exists()


def test_a_code_of_the_app_logs_in_once_and_renews_the_session(
    phone: tuple[User, str, list[str]], browser: TenantClient, merchant: Tenant
) -> None:
    """R29: the key changes with the second factor. R24: a code is used once."""
    password_first(browser, "/reglages/equipe")
    before = session_cookie(browser)
    code = code_of(phone[1])
    response = browser.post("/connexion/code", {"code": f"{code[:3]} {code[3:]}"})
    assert (response.status_code, response["Location"]) == (302, "/reglages/equipe")
    assert session_cookie(browser) != before
    assert browser.get("/compte").status_code == 200
    onlooker = TenantClient(merchant)
    password_first(onlooker)
    assert onlooker.post("/connexion/code", {"code": code}).status_code == 422


def test_a_recovery_code_logs_in_once(
    phone: tuple[User, str, list[str]], browser: TenantClient, merchant: Tenant
) -> None:
    code = phone[2][3]
    password_first(browser)
    assert browser.post("/connexion/code", {"code": code}).status_code == 302
    assert "9 codes de secours" in browser.get("/compte").content.decode()
    again = TenantClient(merchant)
    password_first(again)
    assert again.post("/connexion/code", {"code": code}).status_code == 422


def test_guessing_codes_is_held_across_browsers(
    phone: tuple[User, str, list[str]], merchant: Tenant
) -> None:
    """R32."""
    statuses = []
    for _ in range(6):
        client = TenantClient(merchant)
        password_first(client)
        statuses.append(client.post("/connexion/code", {"code": "000000"}).status_code)
    assert statuses == [422] * 5 + [429]
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        client = TenantClient(merchant)
        password_first(client)
        assert client.post("/connexion/code", {"code": code_of(phone[1])}).status_code == 302


def test_the_code_page_is_for_who_gave_the_password_here_lately(
    phone: tuple[User, str, list[str]], browser: TenantClient, other_merchant: Tenant
) -> None:
    assert browser.get("/connexion/code")["Location"] == "/connexion"
    password_first(browser)
    thief = TenantClient(other_merchant)
    thief.cookies[settings.SESSION_COOKIE_NAME] = session_cookie(browser)
    answer = thief.post("/connexion/code", {"code": code_of(phone[1])})
    assert answer["Location"] == "/connexion"
    password_first(browser)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = browser.post("/connexion/code", {"code": code_of(phone[1])})
        assert answer["Location"] == "/connexion"


def test_a_password_changed_in_between_ends_the_log_in(
    phone: tuple[User, str, list[str]], browser: TenantClient
) -> None:
    password_first(browser)
    user = User.objects.get(pk=phone[0].pk)
    user.set_password("un tout nouveau secret")
    user.save()
    answer = browser.post("/connexion/code", {"code": code_of(phone[1])})
    assert answer["Location"] == "/connexion"


def test_switching_it_on_takes_a_code_and_the_password_and_shows_recovery_codes_once(
    cast: Cast, logged_in: Enter, delivered: Callable[[], list[EmailMessage]]
) -> None:
    client = logged_in(cast.owner.user)
    page = client.get("/compte/deux-etapes").content.decode()
    assert "<svg" in page and "style=" not in page
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert secret
    key = secret[1].replace(" ", "")
    before = session_cookie(client)
    wrong = {"code": code_of(key), "current": "pas celui-ci"}
    assert client.post("/compte/deux-etapes", wrong).status_code == 422
    wrong = {"code": "000000", "current": PASSWORD}
    assert client.post("/compte/deux-etapes", wrong).status_code == 422
    assert not Authenticator.objects.exists()
    done = client.post("/compte/deux-etapes", {"code": code_of(key), "current": PASSWORD})
    assert done.status_code == 200
    assert len(re.findall(r"<li><code>\d{8}</code></li>", done.content.decode())) == 10
    assert done["Cache-Control"] == "no-store, private"
    assert session_cookie(client) != before
    assert client.get("/compte/deux-etapes").status_code == 302
    [notice] = delivered()
    assert "active" in notice.subject


def test_the_secrets_are_not_readable_in_the_database(
    phone: tuple[User, str, list[str]],
) -> None:
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert phone[1] not in stored


def test_switching_it_off_and_renewing_codes_take_the_password(
    phone: tuple[User, str, list[str]], browser: TenantClient, merchant: Tenant
) -> None:
    password_first(browser)
    browser.post("/connexion/code", {"code": code_of(phone[1])})
    for page in ("/compte/deux-etapes/codes", "/compte/deux-etapes/desactiver"):
        assert browser.post(page, {"current": "pas celui-ci"}).status_code == 422
    renewed = browser.post("/compte/deux-etapes/codes", {"current": PASSWORD})
    fresh = re.findall(r"<li><code>(\d{8})</code></li>", renewed.content.decode())
    assert len(fresh) == 10 and not set(fresh) & set(phone[2])
    assert browser.post("/compte/deux-etapes/desactiver", {"current": PASSWORD}).status_code == 302
    assert not Authenticator.objects.exists()
    assert (
        TenantClient(merchant).post(
            "/connexion", {"email": "camille@exemple.fr", "password": PASSWORD}
        )["Location"]
        == "/"
    )
