"""A session belongs to one tenant, one person and one password."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.models import LoginSession, Role
from tenants.models import Tenant
from tests.accounts.conftest import Cast, member, session_cookie
from tests.fixtures.tenants import TenantClient

Enter = Callable[..., TenantClient]


def replay(cookie: str, tenant: Tenant | None) -> TenantClient:
    client = TenantClient(tenant)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client


def test_a_session_replayed_on_another_tenant_is_emptied(
    cast: Cast, merchant: Tenant, other_merchant: Tenant, logged_in: Enter
) -> None:
    """R29: even for a member of both; a copied cookie ends where it came from, too."""
    both = member(other_merchant, "Camille", Role.OWNER).user
    client = logged_in(both)
    thief = replay(session_cookie(client), other_merchant)
    assert thief.get("/compte").status_code == 302
    assert client.get("/compte").status_code == 302
    assert not LoginSession.objects.filter(user_id=both.id).exists()


def test_a_session_replayed_on_the_platform_is_emptied(cast: Cast, logged_in: Enter) -> None:
    client = logged_in(cast.owner.user)
    replay(session_cookie(client), None).get("/connexion")
    assert client.get("/compte").status_code == 302


def test_a_session_without_a_tenant_is_nobodys(
    cast: Cast, merchant: Tenant, browser: TenantClient
) -> None:
    """R29: what did not come through our log-in is not believed."""
    browser.force_login(cast.owner.user)
    assert browser.get("/compte").status_code == 302


def test_a_cookie_of_a_sibling_for_the_parent_domain_changes_nothing(
    cast: Cast, logged_in: Enter
) -> None:
    """R27: cookies of other names, and a second one of ours, are not the session."""
    client = logged_in(cast.owner.user)
    client.cookies["session"] = "evil"
    client.cookies["sessionid"] = "evil"
    assert client.get("/compte").status_code == 200


def test_the_row_carries_its_tenant_and_user(
    cast: Cast, merchant: Tenant, logged_in: Enter
) -> None:
    """R21."""
    logged_in(cast.owner.user)
    row = LoginSession.objects.get(user_id=cast.owner.user_id)
    assert row.tenant_id == merchant.id


def test_a_session_that_nobody_uses_ends_and_one_in_use_goes_on(
    cast: Cast, logged_in: Enter
) -> None:
    client = logged_in(cast.owner.user)
    start = timezone.now()
    with time_machine.travel(start + timedelta(hours=20)):
        assert client.get("/compte").status_code == 200
    with time_machine.travel(start + timedelta(hours=40)):
        assert client.get("/compte").status_code == 200
    with time_machine.travel(start + timedelta(hours=65)):
        assert client.get("/compte").status_code == 302


def test_a_session_ends_after_a_week_whatever_happens(cast: Cast, logged_in: Enter) -> None:
    client = logged_in(cast.owner.user)
    start = timezone.now()
    for hours in range(20, 7 * 24, 20):
        with time_machine.travel(start + timedelta(hours=hours)):
            assert client.get("/compte").status_code == 200
    with time_machine.travel(start + timedelta(days=7, minutes=10)):
        assert client.get("/compte").status_code == 302


def test_logging_out_everywhere_else_keeps_this_browser(cast: Cast, logged_in: Enter) -> None:
    here, there = logged_in(cast.owner.user), logged_in(cast.owner.user)
    colleague = logged_in(cast.manager.user)
    assert here.post("/compte/deconnecter-partout").status_code == 302
    assert here.get("/compte").status_code == 200
    assert there.get("/compte").status_code == 302
    assert colleague.get("/compte").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(
    cast: Cast, logged_in: Enter
) -> None:
    """R29: a session dies with a password change."""
    here, there = logged_in(cast.owner.user), logged_in(cast.owner.user)
    before = session_cookie(here)
    response = here.post(
        "/compte/mot-de-passe",
        {"current": "ricochet sur l'eau", "password": "un tout nouveau secret"},
    )
    assert response.status_code == 302
    assert session_cookie(here) != before
    assert here.get("/compte").status_code == 200
    assert there.get("/compte").status_code == 302
    assert (
        replay(before, Tenant.objects.get(id=cast.owner.tenant_id)).get("/compte").status_code
        == 302
    )


def test_a_new_role_ends_the_members_sessions_and_renews_ones_own(
    cast: Cast, merchant: Tenant, logged_in: Enter
) -> None:
    """R29: the session changes with the role."""
    second = member(merchant, "Zoe", Role.OWNER)
    owner, manager = logged_in(cast.owner.user), logged_in(cast.manager.user)
    assert manager.get("/compte").status_code == 200
    owner.post(f"/reglages/equipe/{cast.manager.public_id}/role", {"role": "viewer"})
    assert manager.get("/compte").status_code == 302

    before = session_cookie(owner)
    owner.post(f"/reglages/equipe/{cast.owner.public_id}/role", {"role": "manager"})
    assert session_cookie(owner) != before
    assert owner.get("/compte").status_code == 200
    assert owner.get(f"/reglages/equipe/{second.public_id}/retirer").status_code == 403


def test_a_session_that_ran_out_leads_back_to_the_page_of_the_form(
    cast: Cast, browser: TenantClient
) -> None:
    """B14: a POST is answered with the log-in page, which leads back to where it was made."""
    response = browser.post(
        "/reglages/equipe/inviter", {}, HTTP_REFERER=f"http://{browser.host}/reglages/equipe"
    )
    assert response["Location"] == "/connexion?next=%2Freglages%2Fequipe"
    foreign = browser.post("/reglages/equipe/inviter", {}, HTTP_REFERER="http://ailleurs.example/x")
    assert foreign["Location"] == "/connexion?next=%2F"


def test_an_htmx_call_without_a_session_moves_the_whole_page(
    cast: Cast, browser: TenantClient
) -> None:
    response = browser.get(
        "/reglages/equipe",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL=f"http://{browser.host}/clients?page=2",
    )
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/connexion?next=%2Fclients%3Fpage%3D2"
