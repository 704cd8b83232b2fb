"""Too many wrong passwords."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.mail import EmailMessage
from django.utils import timezone

from tenants.models import Tenant
from tests.accounts.conftest import PASSWORD, Cast, link_in
from tests.fixtures.tenants import TenantClient

PAGE = "/connexion"


def fail(client: TenantClient, email: str, times: int = 5) -> int:
    """Try wrong passwords; the status of the last answer."""
    for _ in range(times):
        response = client.post(PAGE, {"email": email, "password": "faux, faux, faux"})
    return int(response.status_code)


@pytest.mark.parametrize("email", ["camille@exemple.fr", "personne@exemple.fr"])
def test_five_wrong_passwords_close_an_account_for_a_while_whether_it_exists_or_not(
    cast: Cast, browser: TenantClient, email: str
) -> None:
    """R33: the lock does not tell who exists."""
    assert fail(browser, email, 4) == 422
    assert fail(browser, email, 1) == 429
    response = browser.post(PAGE, {"email": email, "password": PASSWORD})
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 15 * 60
    assert "Trop de tentatives" in response.content.decode()


def test_the_lock_opens_again_with_time(cast: Cast, browser: TenantClient) -> None:
    assert fail(browser, "camille@exemple.fr") == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        response = browser.post(PAGE, {"email": "camille@exemple.fr", "password": PASSWORD})
        assert response.status_code == 302


def test_trying_during_the_lock_does_not_make_it_longer(cast: Cast, browser: TenantClient) -> None:
    assert fail(browser, "camille@exemple.fr") == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=True):
        assert fail(browser, "camille@exemple.fr", 1) == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        response = browser.post(PAGE, {"email": "camille@exemple.fr", "password": PASSWORD})
        assert response.status_code == 302


def test_a_reset_opens_the_lock_at_once(
    cast: Cast, browser: TenantClient, delivered: Callable[[], list[EmailMessage]]
) -> None:
    assert fail(browser, "camille@exemple.fr") == 429
    browser.post("/mot-de-passe/oublie", {"email": "camille@exemple.fr"})
    [message] = delivered()
    browser.post(link_in(message), {"password": "un tout nouveau secret"})
    response = browser.post(
        PAGE, {"email": "camille@exemple.fr", "password": "un tout nouveau secret"}
    )
    assert response.status_code == 302


def test_the_lock_of_one_account_leaves_colleagues_and_other_tenants_alone(
    cast: Cast, browser: TenantClient, other_merchant: Tenant
) -> None:
    """R21: what is counted carries its tenant."""
    assert fail(browser, "sami@exemple.fr") == 429
    assert browser.post(PAGE, {"email": "hugo@exemple.fr", "password": PASSWORD}).status_code == 302
    elsewhere = TenantClient(other_merchant)
    response = elsewhere.post(PAGE, {"email": "sami@exemple.fr", "password": PASSWORD})
    assert response.status_code == 302


def test_what_is_kept_of_a_failure_names_nobody(cast: Cast, browser: TenantClient) -> None:
    """D9: neither the address nor the password is stored."""
    fail(browser, "camille@exemple.fr", 2)
    [attempt] = AccessAttempt.objects.all()
    kept = f"{attempt.username} {attempt.get_data} {attempt.post_data} {attempt.path_info}"
    assert "camille" not in kept and "faux" not in kept


def test_many_addresses_that_try_one_account_are_held_too(
    cast: Cast, browser: TenantClient
) -> None:
    data = {"email": "camille@exemple.fr", "password": "faux, faux, faux"}
    for i in range(50):
        assert browser.post(PAGE, data, REMOTE_ADDR=f"198.51.100.{i}").status_code == 422
    assert browser.post(PAGE, data, REMOTE_ADDR="198.51.100.99").status_code == 429
