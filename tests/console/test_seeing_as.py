"""See as this merchant: a reason, half an hour, reading only, and the merchant knows."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import InternalError, connection
from django.http import HttpResponse
from django.urls import get_resolver
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, User
from accounts.services.second_factor import switch_off
from console.models import Act, Entry, Visit
from console.services.operators import add_operator, remove_operator
from console.visits.middleware import _reading_only
from tenants.context import enter
from tenants.models import Tenant
from tests.console.conftest import PASSWORD, SECRET, ConsoleClient, Team, text_of
from tests.fixtures.tenants import TenantClient
from tests.isolation.surface import TENANT
from tests.isolation.whom import For

REASON = "Ticket 4812, la page des commandes est vide"


def handed_over(console: ConsoleClient, tenant: Tenant, reason: str = REASON) -> str:
    """Ask for a visit; the path that its link opens on the merchant's address."""
    response = console.post(f"/commercants/{tenant.id}/consulter", {"visit-reason": reason})
    assert response.status_code == 200, text_of(response)
    url = response["Refresh"].removeprefix("0;url=")
    return "/" + url.split("://", 1)[1].split("/", 1)[1]


def visiting(console: ConsoleClient, tenant: Tenant) -> TenantClient:
    """A browser at the merchant's address in which the visit has begun."""
    path, client = handed_over(console, tenant), TenantClient(tenant)
    assert REASON in text_of(client.get(path))
    assert client.post(path).status_code == 302
    return client


def test_the_visitor_reads_under_a_banner_and_the_merchant_is_told(
    console: ConsoleClient, merchant: Tenant, team: Team
) -> None:
    client = visiting(console, merchant)
    for path in ("/", "/clients", "/commandes", "/reglages/equipe", "/reglages"):
        response = client.get(path)
        assert response.status_code == 200, path
        text = text_of(response)
        assert "visit-band" in text, path
        assert REASON in text
        assert 'action="/consultation-fin"' in text
    owner = TenantClient(merchant)
    owner.post("/connexion", {"email": team.owner.email, "password": PASSWORD})
    log = text_of(owner.get("/reglages/equipe/interventions"))
    assert REASON in log
    assert "Odile Renard" in log
    assert "Back-office consulté" in log


def test_nothing_can_be_sent(console: ConsoleClient, merchant: Tenant) -> None:
    """Every address of the merchant's, by every method that is not reading."""
    client = visiting(console, merchant)
    before = (Membership.objects.count(), User.objects.count(), Entry.objects.count())
    tried = 0
    for path in paths_without_parameters():
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(path)
            assert response.status_code in (403, 404, 405), (method, path, response.status_code)
            tried += 1
    assert tried > 200
    assert "lecture seule" in text_of(client.post("/clients", HTTP_ACCEPT="text/html"))
    assert before == (Membership.objects.count(), User.objects.count(), Entry.objects.count())


def paths_without_parameters() -> list[str]:
    found = []
    for name, page in TENANT.items():
        if page.names is None and page.whom in (For.MEMBER, For.ANYBODY) and name != "visits:end":
            space, _, plain = name.rpartition(":")
            resolver = get_resolver()
            if space:
                if space not in resolver.namespace_dict:
                    continue
                resolver = resolver.namespace_dict[space][1]
            for possible in resolver.reverse_dict.getlist(plain):
                template, parameters = possible[0][0]
                # Programs' addresses read no session: a key is asked of them.
                if not parameters and not template.startswith("api/"):
                    found.append("/" + template)
    return found


def test_a_page_that_writes_though_it_is_opened_is_stopped_by_the_database(
    merchant: Tenant,
) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), _reading_only():
        Tenant.objects.filter(id=merchant.id).update(name="Autre")
    merchant.refresh_from_db()
    assert merchant.name == "Maison Lumen"


def test_the_refusal_of_a_write_is_a_clear_page(
    console: ConsoleClient, merchant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visiting(console, merchant)

    def writes(*_: object, **__: object) -> HttpResponse:
        Tenant.objects.filter(id=merchant.id).update(name="Autre")
        raise AssertionError("it was written")

    monkeypatch.setattr("shell.tables.ListPage.respond", writes)
    response = client.get("/commandes")
    assert response.status_code == 403
    assert "lecture seule" in text_of(response)
    assert Tenant.objects.get(id=merchant.id).name == "Maison Lumen"


def test_no_file_is_carried_away(console: ConsoleClient, merchant: Tenant) -> None:
    client = visiting(console, merchant)
    for path in ("/clients?export=csv", "/commandes?export=xlsx"):
        response = client.get(path)
        assert response.status_code == 403, path
        assert "lecture seule" in text_of(response)


def test_a_visitor_has_no_rights_of_an_owner_and_no_person(
    console: ConsoleClient, merchant: Tenant
) -> None:
    client = visiting(console, merchant)
    closed = [
        name
        for name, page in TENANT.items()
        if page.whom is For.MEMBER and page.names is None and page.role.value != "viewer"
    ]
    assert closed
    for path in ("/compte", "/compte/mot-de-passe", "/compte/deux-etapes", "/reglages/abonnement"):
        assert client.get(path).status_code in (403, 404), path
    # A stand-in, and no row: nobody of this name is anywhere.
    assert not User.objects.filter(email="").exists()


def test_the_link_opens_once_within_a_minute_and_here_only(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    path = handed_over(console, merchant)
    assert TenantClient(other_merchant).post(path).status_code == 410
    assert TenantClient(merchant).post(path).status_code == 302
    for method in ("get", "post"):
        assert getattr(TenantClient(merchant), method)(path).status_code == 410
    late = handed_over(console, merchant)
    Visit.objects.filter(opened_at=None).update(link_until=timezone.now() - timedelta(seconds=1))
    assert TenantClient(merchant).post(late).status_code == 410
    assert TenantClient(merchant).get("/consultation/nothing").status_code == 410


def test_a_visit_ends_after_half_an_hour(console: ConsoleClient, merchant: Tenant) -> None:
    client = visiting(console, merchant)
    visit = Visit.objects.get()
    assert visit.ends_at - visit.created_at == timedelta(minutes=30)
    Visit.objects.update(created_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now())
    response = client.get("/clients")
    assert response.status_code == 410
    assert "terminée" in text_of(response)
    assert client.get("/clients")["Location"].startswith("/connexion")


@pytest.mark.parametrize("how", ["button", "log-out", "right", "second factor", "suspended"])
def test_a_visit_ends_before_its_time(
    console: ConsoleClient, odile: User, merchant: Tenant, how: str
) -> None:
    client = visiting(console, merchant)
    assert client.get("/clients").status_code == 200
    match how:
        case "button":
            assert client.post("/consultation-fin").status_code == 200
            assert Entry.objects.filter(act=Act.LEFT, tenant_id=merchant.id).count() == 1
        case "log-out":
            console.post("/logout/")
            assert Entry.objects.filter(act=Act.LEFT, tenant_id=merchant.id).count() == 1
        case "right":
            remove_operator(email=odile.email, now=timezone.now())
            assert Entry.objects.filter(act=Act.LEFT, tenant_id=merchant.id).count() == 1
        case "second factor":
            switch_off(user=odile, now=timezone.now())
        case "suspended":
            console.post(f"/commercants/{merchant.id}/suspendre", {"reason": "x"})
    status = client.get("/clients").status_code
    assert status == {"button": 302, "suspended": 404}.get(how, 410)


def test_a_visit_does_not_outlive_the_operators_former_way_in(
    console: ConsoleClient, odile: User, merchant: Tenant
) -> None:
    """Whose phone was stolen begins anew: no visit of before goes on behind the new factor."""
    client = visiting(console, merchant)
    add_operator(email=odile.email, now=timezone.now())
    TOTP.activate(odile, SECRET)
    assert client.get("/clients").status_code == 410
    assert Entry.objects.filter(act=Act.LEFT, tenant_id=merchant.id).count() == 1


def test_a_newer_visit_ends_the_former_one_where_the_merchant_reads_it(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    handed_over(console, other_merchant)
    for _ in range(2):
        handed_over(console, merchant)
    acts = Entry.objects.filter(tenant_id=merchant.id).order_by("at", "id")
    assert [one.act for one in acts] == [Act.SEEN_AS, Act.LEFT, Act.SEEN_AS]
    assert not Entry.objects.filter(act=Act.LEFT, tenant_id=other_merchant.id).exists()


def test_a_visits_cookie_is_nothing_elsewhere(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant, settings: Settings
) -> None:
    client = visiting(console, merchant)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    there = TenantClient(other_merchant)
    there.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert there.get("/clients")["Location"].startswith("/connexion")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_no_visit_without_a_reason(console: ConsoleClient, merchant: Tenant, reason: str) -> None:
    response = console.post(f"/commercants/{merchant.id}/consulter", {"visit-reason": reason})
    assert response.status_code == 422
    assert not Visit.objects.exists()
    assert not Entry.objects.filter(act=Act.SEEN_AS).exists()


def test_a_closed_merchant_is_not_visited(console: ConsoleClient, merchant: Tenant) -> None:
    console.post(f"/commercants/{merchant.id}/suspendre", {"reason": "x"})
    response = console.post(
        f"/commercants/{merchant.id}/consulter", {"visit-reason": REASON}, follow=True
    )
    assert "fermées" in text_of(response)
    assert not Visit.objects.exists()


def test_a_member_of_the_team_is_not_mixed_with_a_visitor(
    console: ConsoleClient, merchant: Tenant, team: Team
) -> None:
    """A browser in which an owner is logged in shows the visit, and their session has ended."""
    client = TenantClient(merchant)
    client.post("/connexion", {"email": team.owner.email, "password": PASSWORD})
    client.post(handed_over(console, merchant))
    assert client.get("/compte").status_code == 403
    client.post("/consultation-fin")
    assert client.get("/clients")["Location"].startswith("/connexion")


def test_a_merchant_reads_its_own_log_and_no_other(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant, team: Team
) -> None:
    handed_over(console, other_merchant, "Raison de l’autre")
    handed_over(console, merchant)
    owner = TenantClient(merchant)
    owner.post("/connexion", {"email": team.owner.email, "password": PASSWORD})
    text = text_of(owner.get("/reglages/equipe/interventions"))
    assert REASON in text
    assert "Raison de l’autre" not in text
    assert not re.search(r"Connexion</", text.split("<main", 1)[1])


def test_the_schema_is_left_as_it_was(console: ConsoleClient, merchant: Tenant) -> None:
    client = visiting(console, merchant)
    client.get("/clients")
    with enter(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        assert cursor.fetchone() == (merchant.schema_name,)
