"""Who may open the console: staff, on its own host, once a second factor was shown there."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import get_resolver

from accounts.models import LoginSession, User
from accounts.places import CONSOLE
from accounts.services.passwords import change_password
from accounts.services.second_factor import switch_off
from console.middleware import OPEN
from console.services.operators import remove_operator
from tenants.models import Tenant
from tests.console.conftest import (
    NOW,
    PASSWORD,
    ConsoleClient,
    Team,
    code_of,
    log_in,
    logged_in,
    operator_user,
    still,
    text_of,
)
from tests.fixtures.tenants import TenantClient
from tests.isolation.surface import names_in
from tests.isolation.surface_console import CONSOLE as TABLE
from tests.isolation.surface_console import OPEN as TABLE_OPEN

SESSION = settings.SESSION_COOKIE_NAME


def paths(tenant: Tenant) -> Iterator[tuple[str, str]]:
    """The name and path of every address of the console that is not open to all."""
    fill = {
        "tenant": str(tenant.id),
        "object_id": str(tenant.id),
        "grant": str(tenant.id),
        "app_label": "console",
        "url": "nothing/",
        "path": "x",
    }
    resolver = get_resolver(settings.CONSOLE_URLCONF)
    for name in sorted(TABLE - TABLE_OPEN - {"admin:"}):
        space, _, plain = name.partition(":")
        _prefix, below = resolver.namespace_dict[space]
        [(template, parameters)] = below.reverse_dict.getlist(plain)[0][0]
        yield name, "/" + template % {key: fill[key] for key in parameters}


def everybody(odile: User, team: Team, merchant: Tenant) -> Iterator[tuple[str, ConsoleClient]]:
    """Browsers that must not get in."""
    yield "nobody", ConsoleClient()
    for who, user in (("member", team.viewer), ("owner", team.owner)):
        there = TenantClient(merchant)
        there.post("/connexion", {"email": user.email, "password": PASSWORD})
        client = ConsoleClient()
        client.cookies[SESSION] = there.cookies[SESSION].value
        yield who, client
    plain = operator_user("leo@ricochet.example", second_factor=False)
    client = ConsoleClient()
    assert log_in(client, plain.email).status_code == 403
    yield "staff without a second factor", client
    client = ConsoleClient()
    log_in(client, odile.email)
    yield "staff who owes a code", client


def test_the_table_and_the_middleware_name_the_same_open_addresses() -> None:
    assert names_in(settings.CONSOLE_URLCONF) == sorted(TABLE)
    assert OPEN == TABLE_OPEN


def test_nothing_opens_but_to_an_operator(odile: User, team: Team, merchant: Tenant) -> None:
    """The matrix: whoever it is, every address leads to the log-in page and changes nothing."""
    found = dict(paths(merchant))
    assert len(found) > 40
    for who, client in everybody(odile, team, merchant):
        kept = {name: morsel.value for name, morsel in client.cookies.items()}
        row = LoginSession.objects.filter(session_key=kept.get(SESSION)).values().first()
        for name, path in found.items():
            # The pages that lists of Django's have, and ours have not, take nothing either way.
            of_a_list = name.endswith(("_add", "_change", "_delete", "_history"))
            for method in ("get",) if of_a_list else ("get", "post"):
                if row:  # a stolen session comes back each time, however often it was ended
                    LoginSession.objects.update_or_create(
                        session_key=row["session_key"], defaults=row
                    )
                    client.cookies[SESSION] = kept[SESSION]
                response = getattr(client, method)(path, {"reason": "x", "typed": merchant.slug})
                assert response.status_code == 302, (who, method, name, response.status_code)
                assert response["Location"].startswith("/connexion?next="), (who, name)
    merchant.refresh_from_db()
    assert merchant.state == "active"


def test_an_operator_opens_every_page(console: ConsoleClient, merchant: Tenant) -> None:
    """The control: the same addresses answer with the right session."""
    for name, path in paths(merchant):
        if name == "admin:logout":
            continue
        status = console.get(path).status_code
        # Rows have no page of their own, the palette is none, and acts are posted.
        leads_on = name.endswith(("_add", "_change", "_delete", "_history", "app_list"))
        expected = (302,) if leads_on else (404,) if name == "admin:search" else (200, 405)
        assert status in expected, (name, status)


@pytest.mark.parametrize("host", ["tenant", "platform"])
def test_the_console_is_at_its_own_address_only(
    console: ConsoleClient, merchant: Tenant, host: str
) -> None:
    client = TenantClient(merchant if host == "tenant" else None)
    client.cookies[SESSION] = console.cookies[SESSION].value
    for path in ("/console/merchant/", "/envois/", f"/commercants/{merchant.id}/", "/e-mails/"):
        assert client.get(path).status_code == 404, path


def test_an_operators_session_is_nothing_on_a_merchants_address(
    odile: User, merchant: Tenant, team: Team
) -> None:
    """Bad input: even of somebody who is a member there. It ends at home, too: it was copied."""
    from accounts.models import Membership, Role

    Membership.objects.create(user=odile, tenant_id=merchant.id, role=Role.OWNER)
    console = logged_in(odile)
    there = TenantClient(merchant)
    there.cookies[SESSION] = console.cookies[SESSION].value
    response = there.get("/clients")
    assert response.status_code == 302
    assert response["Location"].startswith("/connexion")
    assert console.get("/")["Location"].startswith("/connexion")


def test_r33_every_refusal_of_a_password_has_the_same_words(odile: User, team: Team) -> None:
    def refused(email: str, password: str) -> str:
        client = ConsoleClient(enforce_csrf_checks=False)
        response = log_in(client, email, password)
        assert response.status_code == 422
        return text_of(response).replace(email, "…")

    answers = {
        refused("odile@ricochet.example", "wrong"),
        refused("nobody@ricochet.example", PASSWORD),
        refused("camille@exemple.fr", PASSWORD),
    }
    assert len({_without_tokens(answer) for answer in answers}) == 1


def _without_tokens(html: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": |nonce=)"[^"]*"', "", html)


def test_the_log_in_is_throttled_for_whoever_it_is(odile: User) -> None:
    for email in ("odile@ricochet.example", "nobody@ricochet.example"):
        statuses = [log_in(ConsoleClient(), email, "wrong").status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]
    # The right password does not open what is closed.
    assert log_in(ConsoleClient(), odile.email).status_code == 429


def test_a_wrong_code_is_refused_and_the_tries_are_counted(odile: User) -> None:
    client = ConsoleClient()
    log_in(client, odile.email)
    statuses = [client.post("/connexion/code", {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert client.get("/").status_code == 302


def test_r29_the_session_changes_at_each_step(odile: User) -> None:
    client = ConsoleClient()
    log_in(client, odile.email)
    owing = client.cookies[SESSION].value
    with still():
        client.post("/connexion/code", {"code": code_of()})
    opened = client.cookies[SESSION].value
    assert owing != opened
    assert not LoginSession.objects.filter(session_key=owing).exists()
    row = LoginSession.objects.get(session_key=opened)
    assert row.tenant_id == CONSOLE
    assert row.user_id == odile.id


def test_r29_a_session_dies_with_the_password(odile: User, console: ConsoleClient) -> None:
    assert console.get("/").status_code == 200
    change_password(user=odile, password="autre mot de passe", keep_session=None, now=NOW)
    assert console.get("/").status_code == 302


def test_r29_a_session_dies_with_the_right(odile: User, console: ConsoleClient) -> None:
    remove_operator(email=odile.email, now=NOW)
    assert console.get("/").status_code == 302
    assert log_in(ConsoleClient(), odile.email).status_code == 422


def test_a_session_dies_with_the_second_factor(odile: User, console: ConsoleClient) -> None:
    """Whoever switches it off in a back office closes the console."""
    switch_off(user=odile, now=NOW)
    assert console.get("/").status_code == 302


@pytest.mark.parametrize(("key", "hours"), [("opened_at", 13), ("seen_at", 2)])
def test_a_session_ends_sooner_than_a_merchants(
    console: ConsoleClient, key: str, hours: int
) -> None:
    session = console.session
    session[key] -= hours * 3_600
    session.save()
    assert console.get("/").status_code == 302


def test_r27_the_cookies_are_of_this_host_alone(console: ConsoleClient) -> None:
    console.get("/connexion")
    for name in (SESSION, settings.CSRF_COOKIE_NAME):
        morsel = console.cookies[name]
        assert name.startswith("__Host-")
        assert (morsel["domain"], morsel["path"]) == ("", "/")
        assert morsel["secure"]
        assert morsel["httponly"]
    before = console.get("/").status_code
    for name in ("session", "sessionid", "csrftoken"):
        console.cookies[name] = "evil"
    assert before == console.get("/").status_code == 200


def test_r28_a_page_of_a_sibling_sends_no_form(odile: User, merchant: Tenant) -> None:
    """The exact origin is asked of every POST, the log-in's too."""
    client = logged_in(odile)
    strict = ConsoleClient(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    strict.get("/connexion/code")
    token = client.get("/").cookies.get(settings.CSRF_COOKIE_NAME)
    secret = (token or client.cookies[settings.CSRF_COOKIE_NAME]).value
    form = {"csrfmiddlewaretoken": secret, "reason": "x"}
    platform = f"http://{settings.PLATFORM_DOMAIN}"
    sibling = f"http://{merchant.slug}.{settings.PLATFORM_DOMAIN}"
    suspend = f"/commercants/{merchant.id}/suspendre"
    for origin in (sibling, platform, "https://evil.example", "null"):
        for path in (suspend, "/connexion", "/connexion/code", "/envois/relancer"):
            response = strict.post(path, form, HTTP_ORIGIN=origin)
            assert response.status_code == 403, (origin, path)
    assert strict.post(suspend, {"reason": "x"}).status_code == 403
    merchant.refresh_from_db()
    assert merchant.state == "active"
    assert strict.post(suspend, form).status_code == 302
    merchant.refresh_from_db()
    assert merchant.state == "suspended"


def test_the_wider_policy_is_an_operators_alone(console: ConsoleClient, merchant: Tenant) -> None:
    """What Unfold needs is not allowed on any other host, nor before the log-in."""
    wide = console.get("/")["Content-Security-Policy"]
    assert "'unsafe-eval'" in wide
    assert "script-src 'self' 'unsafe-eval'" in wide
    strict = [
        ConsoleClient().get("/connexion"),
        ConsoleClient().get("/nowhere"),
        TenantClient(None).get("/connexion"),
        TenantClient(merchant).get("/connexion"),
    ]
    for response in strict:
        assert "unsafe" not in response["Content-Security-Policy"]


def test_no_answer_of_the_console_is_kept(console: ConsoleClient) -> None:
    for response in (console.get("/"), ConsoleClient().get("/connexion")):
        assert response["Cache-Control"] == "no-store, private"


def test_next_leads_nowhere_else(odile: User) -> None:
    """R31"""
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        client = ConsoleClient()
        client.post("/connexion", {"email": odile.email, "password": PASSWORD, "next": target})
        with still():
            answer = client.post("/connexion/code", {"code": code_of()})
        assert answer["Location"] == "/", target
        cache.clear()
