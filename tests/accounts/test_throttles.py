"""Counting tries, whose they are, and forgetting what is over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connections
from django.test import RequestFactory
from pytest_django import Settings

from accounts.models import Invitation, LoginSession, OneTimeLink, Role, Throttle
from accounts.services import invite, purge
from accounts.throttles import (
    ThrottledError,
    Try,
    client_address,
    counted_address,
    forget,
    hit,
    hit_all,
)
from tenants.context import enter
from tenants.models import Tenant
from tests.accounts.conftest import NOW, Cast, soon
from tests.fixtures.tenants import TenantClient

MINUTE = timedelta(minutes=1)


def test_tries_count_within_their_window_and_start_again_after_it(merchant: Tenant) -> None:
    for _ in range(2):
        hit(action="x", subject="a", limit=2, window=MINUTE, now=NOW)
    with pytest.raises(ThrottledError) as caught:
        hit(action="x", subject="a", limit=2, window=MINUTE, now=NOW + timedelta(seconds=20))
    assert caught.value.retry_after == 40
    assert caught.value.retry
    hit(action="x", subject="a", limit=2, window=MINUTE, now=NOW + MINUTE)


def test_subjects_actions_and_tenants_are_counted_apart(
    merchant: Tenant, other_merchant: Tenant
) -> None:
    """R21."""
    once = {"limit": 1, "window": MINUTE, "now": NOW}
    hit(action="x", subject="a", **once)
    hit(action="x", subject="b", **once)
    hit(action="y", subject="a", **once)
    with enter(other_merchant):
        hit(action="x", subject="a", **once)
    forget(action="x", subject="a")
    hit(action="x", subject="a", **once)
    assert "a" not in {row.key.rsplit(":", 1)[1] for row in Throttle.objects.all()}


def test_several_are_counted_in_one_statement_and_each_has_its_limit(
    merchant: Tenant, django_assert_num_queries: Callable[..., Any]
) -> None:
    tries = [Try("from", "browser", 9), Try("of", "person", 1)]
    hit_all(tries=tries, window=MINUTE, now=NOW)
    for _ in range(2):
        with pytest.raises(ThrottledError), django_assert_num_queries(1):
            hit_all(tries=tries, window=MINUTE, now=NOW)
    assert sorted(Throttle.objects.values_list("count", flat=True)) == [3, 3]


def test_what_was_bad_too_often_stops_what_is_counted_here_and_is_not_counted(
    merchant: Tenant, django_assert_num_queries: Callable[..., Any]
) -> None:
    bad, tries = Try("bad", "browser", 2), [Try("from", "browser", 9), Try("of", "person", 9)]
    for _ in range(2):
        hit_all(tries=tries, window=MINUTE, now=NOW, unless=bad)
        hit(action="bad", subject="browser", limit=9, window=MINUTE, now=NOW)
    with pytest.raises(ThrottledError) as caught, django_assert_num_queries(1):
        hit_all(tries=tries, window=MINUTE, now=NOW + timedelta(seconds=20), unless=bad)
    assert caught.value.retry_after == 40
    assert sorted(Throttle.objects.values_list("count", flat=True)) == [2, 2, 2]
    hit_all(tries=tries, window=MINUTE, now=NOW + MINUTE, unless=bad)  # it has run out


def test_a_browser_that_is_held_uses_up_nobody_elses_tries(merchant: Tenant) -> None:
    """R32, R43: whoever types other people's addresses cannot shut them out."""
    for number in range(9):
        tries = [Try("from", "browser", 2), Try("of", "person", 20)]
        if number < 2:
            hit_all(tries=tries, window=MINUTE, now=NOW)
        else:
            with pytest.raises(ThrottledError):
                hit_all(tries=tries, window=MINUTE, now=NOW)
    assert sorted(Throttle.objects.values_list("count", flat=True)) == [2, 9]


def test_tries_at_once_are_all_counted(live_merchant: Tenant) -> None:
    """R32: sixteen guesses in parallel are not one guess."""

    def guess(_: int) -> str:
        try:
            with enter(live_merchant):
                hit(action="x", subject="a", limit=5, window=MINUTE, now=NOW)
        except ThrottledError:
            return "held"
        finally:
            connections.close_all()
        return "let in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert answers.count("let in") == 5


@pytest.mark.parametrize(
    "trusted, forwarded, address",
    [
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.1"),
        (True, "2001:DB8::1", "2001:db8::1"),
        (True, "no address", "0.0.0.0"),
    ],
)
def test_only_our_own_proxy_is_believed_about_addresses(
    settings: Settings, trusted: bool, forwarded: str, address: str
) -> None:
    settings.ACCOUNTS_TRUST_PROXY = trusted
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("nothing", "0.0.0.0"),
    ],
)
def test_an_ipv6_line_is_counted_as_one(address: str, counted: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    assert counted_address(request) == counted


def test_a_lock_out_holds_for_the_whole_line(cast: Cast, merchant: Tenant) -> None:
    """R32: django-axes counts as the throttles do, and says how long."""
    form = {"email": "camille@exemple.fr", "password": "not the password"}
    statuses = [
        TenantClient(merchant, REMOTE_ADDR=f"2001:db8::{n + 1}").post("/connexion", form)
        for n in range(6)
    ]
    assert [one.status_code for one in statuses][:4] == [422] * 4
    assert statuses[5].status_code == 429
    assert int(statuses[5]["Retry-After"]) > 0


def test_what_is_over_is_deleted_and_the_rest_stays(
    cast: Cast, merchant: Tenant, logged_in: Callable[..., TenantClient]
) -> None:
    """D6: an invitation's address is not kept for ever."""
    client = logged_in(cast.owner.user)
    client.post("/mot-de-passe/oublie", {"email": "camille@exemple.fr"})
    now = soon()
    arguments = {"role": Role.VIEWER, "tenant_id": merchant.id, "invited_by": cast.owner.user}
    invite(email="lou@exemple.fr", now=now, **arguments)
    client.post("/connexion", {"email": "lou@exemple.fr", "password": "not the password"})
    tables = (LoginSession, OneTimeLink, Throttle, Invitation, AccessAttempt)
    before = [table.objects.count() for table in tables]
    assert all(before)
    purge(now=now)
    assert [table.objects.count() for table in tables] == before
    purge(now=now + timedelta(days=98))
    assert [table.objects.count() for table in tables] == [0, 0, 0, 0, 0]


def test_a_page_speaks_the_persons_language(
    cast: Cast, logged_in: Callable[..., TenantClient]
) -> None:
    client = logged_in(cast.owner.user)
    assert '<html lang="fr"' in client.get("/compte").content.decode()
    form = {"first_name": "Camille", "last_name": "Test", "language": "en", "theme": "dark"}
    client.post("/compte", form)
    page = client.get("/compte").content.decode()
    assert '<html lang="en" data-theme="dark"' in page
