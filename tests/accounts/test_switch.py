"""From one tenant to another, and where to log in at all."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from accounts.models import Membership, OneTimeLink, Role
from accounts.selectors import tenants_of
from kernel.ids import public_id
from kernel.outbox.models import Event
from tenants.models import Tenant, TenantState
from tests.accounts.conftest import Cast, member
from tests.fixtures.tenants import TenantClient, host_of

Enter = Callable[..., TenantClient]


@pytest.fixture
def both(cast: Cast, other_merchant: Tenant) -> Membership:
    """Camille, who owns Maison Lumen, may also look at Atelier Marin."""
    return member(other_merchant, "Camille", Role.VIEWER)


def leave(client: TenantClient, to: Tenant) -> str:
    """Ask to switch; the path that the answer leads to on the other host."""
    response = client.post("/compte/changer", {"tenant": public_id("ten", to.id)})
    assert response.status_code == 200, response
    url = response["Refresh"].partition("url=")[2]
    assert url.startswith(f"http://{host_of(to)}")
    assert url in response.content.decode()
    return "/" + url.split("://", 1)[1].split("/", 1)[1]


def test_a_member_of_two_tenants_changes_without_a_password(
    both: Membership, other_merchant: Tenant, logged_in: Enter
) -> None:
    path = leave(logged_in(both.user), other_merchant)
    there = TenantClient(other_merchant)
    page = there.get(path)
    assert page.status_code == 200
    assert "camille@exemple.fr" in page.content.decode()
    assert there.get("/compte").status_code == 302, "opening the page alone logs nobody in"
    assert there.post(path)["Location"] == "/"
    assert there.get("/compte").status_code == 200
    assert there.get(f"/reglages/equipe/{both.public_id}/retirer").status_code == 403


def test_the_link_works_once_for_a_minute_and_only_there(
    both: Membership, merchant: Tenant, other_merchant: Tenant, logged_in: Enter
) -> None:
    """R24: bound to tenant, purpose and person."""
    client = logged_in(both.user)
    path = leave(client, other_merchant)
    assert TenantClient(merchant).post(path).status_code == 410
    token = path.rsplit("/", 1)[1]
    there = TenantClient(other_merchant)
    assert there.get(f"/mot-de-passe/nouveau/{token}").status_code == 410
    assert there.post(path).status_code == 302
    assert TenantClient(other_merchant).post(path).status_code == 410
    late = leave(client, other_merchant)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert TenantClient(other_merchant).post(late).status_code == 410


def test_arriving_takes_a_token_and_the_exact_origin(
    both: Membership, other_merchant: Tenant, logged_in: Enter
) -> None:
    """R28: a stranger's page cannot log a visitor in as somebody else."""
    path = leave(logged_in(both.user), other_merchant)
    strict = TenantClient(other_merchant, enforce_csrf_checks=True)
    assert strict.post(path).status_code == 403
    assert OneTimeLink.objects.get().used_at is None


def test_who_left_the_team_meanwhile_does_not_arrive(
    both: Membership, other_merchant: Tenant, logged_in: Enter
) -> None:
    path = leave(logged_in(both.user), other_merchant)
    Membership.objects.filter(pk=both.pk).delete()
    assert TenantClient(other_merchant).post(path).status_code == 410


def test_nobody_switches_to_a_tenant_that_is_not_theirs(
    cast: Cast, other_merchant: Tenant, logged_in: Enter
) -> None:
    """R23: 404, and no link was made."""
    client = logged_in(cast.owner.user)
    for value in (public_id("ten", other_merchant.id), "ten_x", "", str(other_merchant.id)):
        assert client.post("/compte/changer", {"tenant": value}).status_code == 404
    assert not OneTimeLink.objects.exists()


def test_a_suspended_tenant_is_not_offered(both: Membership, other_merchant: Tenant) -> None:
    """R20."""
    assert [c.name for c in tenants_of(both.user)] == ["Atelier Marin", "Maison Lumen"]
    Tenant.objects.filter(pk=other_merchant.pk).update(state=TenantState.SUSPENDED)
    assert [c.name for c in tenants_of(both.user)] == ["Maison Lumen"]


def test_the_frame_offers_the_other_tenants(both: Membership, logged_in: Enter) -> None:
    page = logged_in(both.user).get("/reglages/equipe").content.decode()
    assert f'value="{public_id("ten", both.tenant_id)}"' in page
    assert 'action="/compte/changer"' in page


def test_the_platform_mails_a_person_their_addresses_and_tells_nobody_else(
    both: Membership,
    merchant: Tenant,
    delivered: Callable[[], list[EmailMessage]],
) -> None:
    """R33: one page for all, one event for all."""
    platform = TenantClient(None)
    connection.set_schema_to_public()
    assert platform.get("/connexion").status_code == 200
    pages = []
    for email in ("camille@exemple.fr", "personne@exemple.fr"):
        response = platform.post("/connexion", {"email": email})
        assert response.status_code == 200
        pages.append(response.content.decode().replace(email, "X").partition("<main")[2])
    assert pages[0] == pages[1]
    connection.set_schema_to_public()
    assert Event.objects.filter(kind="accounts.addresses").count() == 2
    [message] = delivered()
    assert message.to == ["camille@exemple.fr"]
    for slug in ("maison-lumen", "atelier-marin"):
        assert f"http://{slug}.ricochet.localhost" in message.body
    assert mail.outbox == [message]


def test_no_password_is_asked_for_on_the_platforms_own_host(db: None) -> None:
    platform = TenantClient(None)
    assert 'type="password"' not in platform.get("/connexion").content.decode()
    for path in ("/compte", "/reglages/equipe", "/mot-de-passe/oublie"):
        assert platform.get(path).status_code == 404
