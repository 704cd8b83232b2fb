"""No way into the console beside its link: no former password, nothing at a merchant's address."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import LinkPurpose, LoginSession, OneTimeLink, User
from accounts.services.one_time_links import make_link
from accounts.services.passwords import reset_password
from accounts.tokens import token_for
from config.outbox import HANDLERS
from console.services import operators
from kernel.outbox.relay import relay
from tenants.models import Tenant
from tests.console.conftest import (
    PASSWORD,
    ConsoleClient,
    Team,
    code_of,
    log_in,
    still,
    text_of,
)
from tests.fixtures.tenants import TenantClient

NEW = "quatre mots sans rapport"


def at_the_merchant(tenant: Tenant, user: User, password: str = PASSWORD) -> TenantClient:
    client = TenantClient(tenant)
    client.post("/connexion", {"email": user.email, "password": password})
    return client


def mailed_reset(user: User, tenant: Tenant) -> str:
    now = timezone.now()
    link = make_link(purpose=LinkPurpose.RESET, tenant_id=tenant.id, user_id=user.id, now=now)
    return token_for(link.id)


def begun(link: str) -> ConsoleClient:
    """A browser in which somebody set both factors by this link."""
    path, client = "/" + link.split("://", 1)[1].split("/", 1)[1], ConsoleClient()
    client.get(path)
    with still():
        code = code_of(client.session["console_secret"])
        done = client.post(path, {"password": NEW, "code": code})
    assert done.status_code == 200, text_of(done)
    return client


def test_who_becomes_an_operator_begins_anew_everywhere(merchant: Tenant, team: Team) -> None:
    there = at_the_merchant(merchant, team.owner)
    assert there.get("/compte").status_code == 200
    token = mailed_reset(team.owner, merchant)
    link = operators.add_operator(email=team.owner.email, now=timezone.now())
    assert there.get("/compte").status_code == 302
    assert not LoginSession.objects.filter(user_id=team.owner.id).exists()
    assert not User.objects.get(id=team.owner.id).has_usable_password()
    assert TenantClient(merchant).get(f"/mot-de-passe/nouveau/{token}").status_code == 410
    assert begun(link).get("/").status_code == 200


@pytest.mark.parametrize("path", ["", "/codes", "/desactiver"])
def test_a_merchants_address_sets_no_second_factor_of_an_operator(
    merchant: Tenant, team: Team, path: str
) -> None:
    """Whoever has the password and a session there makes no second factor of their own."""
    there = at_the_merchant(merchant, team.owner)
    User.objects.filter(id=team.owner.id).update(is_staff=True)
    page = f"/compte/deux-etapes{path}"
    for answer in (
        there.get(page),
        there.post(page, {"current": PASSWORD, "code": "000000"}),
    ):
        assert answer.status_code == 403
        assert "se règle là-bas" in text_of(answer)
    profile = text_of(there.get("/compte"))
    assert "se règle là-bas" in profile
    assert "/compte/deux-etapes" not in profile
    assert not Authenticator.objects.exists()


def test_a_mailed_reset_opens_no_console(merchant: Tenant, team: Team) -> None:
    link = operators.add_operator(email=team.owner.email, now=timezone.now())
    token = mailed_reset(team.owner, merchant)
    reset_password(token=token, password=NEW, tenant_id=merchant.id, now=timezone.now())
    assert log_in(ConsoleClient(), team.owner.email, NEW).status_code == 403
    assert at_the_merchant(merchant, team.owner, NEW).get("/compte/deux-etapes").status_code == 403
    begun(link_again(team.owner, link))
    owes = ConsoleClient()
    assert log_in(owes, team.owner.email, NEW)["Location"] == "/connexion/code"
    assert owes.get("/").status_code == 302


def link_again(user: User, former: str) -> str:
    """The reset ended the link that was open, as it ends all links."""
    path = "/" + former.split("://", 1)[1].split("/", 1)[1]
    assert ConsoleClient().get(path).status_code == 410
    return operators.add_operator(email=user.email, now=timezone.now())


def test_beginning_ends_mailed_links_and_tells_the_person(merchant: Tenant, team: Team) -> None:
    link = operators.add_operator(email=team.owner.email, now=timezone.now())
    mailed_reset(team.owner, merchant)
    begun(link)
    assert not OneTimeLink.objects.filter(user=team.owner, used_at=None).exists()
    mail.outbox.clear()
    connection.set_schema_to_public()
    while relay(handlers=HANDLERS, clock=timezone.now):
        pass
    subjects = [one.subject for one in mail.outbox if one.to == [team.owner.email]]
    assert "Votre mot de passe a été changé" in subjects


def test_one_browser_locks_no_operator_out(odile: User) -> None:
    """Its tries are counted against itself: from elsewhere the right password is taken."""
    here = ConsoleClient(REMOTE_ADDR="203.0.113.5")
    statuses = [log_in(here, odile.email, "wrong").status_code for _ in range(55)]
    assert statuses == [422] * 5 + [429] * 50
    elsewhere = ConsoleClient(REMOTE_ADDR="203.0.113.6")
    assert log_in(elsewhere, odile.email)["Location"] == "/connexion/code"


def test_an_account_is_tried_fifty_times_an_hour(odile: User) -> None:
    statuses = [
        log_in(ConsoleClient(REMOTE_ADDR=f"203.0.113.{n}"), odile.email, "wrong").status_code
        for n in range(51)
    ]
    assert statuses == [422] * 50 + [429]


def test_both_pages_show_the_secret_and_the_codes_alike(merchant: Tenant, team: Team) -> None:
    """One piece for the console and for back offices: grouped by four, and drawn."""
    there = at_the_merchant(merchant, team.owner)
    office = text_of(there.get("/compte/deux-etapes"))
    link = operators.add_operator(email="nora@ricochet.example", now=timezone.now())
    console = text_of(ConsoleClient().get("/" + link.split("://", 1)[1].split("/", 1)[1]))
    for html in (office, console):
        assert re.search(r"<code>(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>", html)
        assert 'class="qr"' in html
