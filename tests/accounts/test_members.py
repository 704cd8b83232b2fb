"""Who belongs to the team: roles, the last owner, removal."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.mail import EmailMessage
from django.db import connections

from accounts.models import Membership, Role, User
from accounts.services import change_role, create_member, remove_member
from accounts.services.members import AlreadyMemberError, LastOwnerError
from tenants.models import Tenant
from tests.accounts.conftest import NOW, PASSWORD, Cast, member
from tests.fixtures.effort import effort
from tests.fixtures.tenants import TenantClient

Enter = Callable[..., TenantClient]
Deliver = Callable[[], list[EmailMessage]]
NEWCOMER = {"first_name": "Lou", "last_name": "Marchand", "password": "trois galets plats"}


def depose(target: Membership, *, act: str) -> str:
    """Take a member's ownership away, as `act` says; whether that was allowed."""
    try:
        if act == "remove":
            remove_member(membership_id=target.id, tenant_id=target.tenant_id)
        else:
            change_role(membership_id=target.id, tenant_id=target.tenant_id, role=Role.VIEWER)
    except LastOwnerError:
        return "refused"
    return "done"


def at_once(calls: list[Callable[[], str]]) -> list[str]:
    """Run the calls in threads that start together; what they returned."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], str]) -> str:
        try:
            barrier.wait(timeout=20)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_last_owner_stays(cast: Cast, merchant: Tenant, logged_in: Enter) -> None:
    client = logged_in(cast.owner.user)
    path = f"/reglages/equipe/{cast.owner.public_id}"
    refused = client.post(f"{path}/role", {"role": "viewer"})
    assert refused.status_code == 422
    assert "au moins un propriétaire" in refused.content.decode()
    assert client.post(f"{path}/retirer").status_code == 302
    assert "au moins un propriétaire" in client.get("/reglages/equipe").content.decode()
    assert Membership.objects.get(id=cast.owner.id).role == Role.OWNER


def test_an_owner_who_cannot_log_in_does_not_count(cast: Cast, merchant: Tenant) -> None:
    second = member(merchant, "Zoe", Role.OWNER)
    User.objects.filter(pk=second.user_id).update(is_active=False)
    with pytest.raises(LastOwnerError):
        remove_member(membership_id=cast.owner.id, tenant_id=merchant.id)


def test_removing_a_member_asks_first_and_closes_their_sessions(
    cast: Cast, logged_in: Enter
) -> None:
    """B8."""
    owner, manager = logged_in(cast.owner.user), logged_in(cast.manager.user)
    path = f"/reglages/equipe/{cast.manager.public_id}/retirer"
    assert "Hugo Test" in owner.get(path).content.decode()
    assert manager.get("/compte").status_code == 200
    assert owner.post(path).status_code == 302
    assert manager.get("/compte").status_code == 302
    assert User.objects.filter(pk=cast.manager.user_id).exists()
    assert not Membership.objects.filter(pk=cast.manager.pk).exists()


def test_adding_a_person_who_has_a_user_keeps_their_name_and_password(
    cast: Cast, merchant: Tenant
) -> None:
    joined = create_member(
        email=" SAMI@exemple.fr",
        first_name="Autre",
        last_name="Nom",
        password="autre chose encore",
        tenant_id=merchant.id,
        role=Role.VIEWER,
        now=NOW,
    )
    assert joined.user_id == cast.stranger.user_id
    joined.user.refresh_from_db()
    assert joined.user.first_name == "Sami"
    assert joined.user.check_password(PASSWORD)
    with pytest.raises(AlreadyMemberError):
        member(merchant, "Sami", Role.OWNER)


@pytest.mark.parametrize("act", ["demote", "remove"])
def test_two_owners_who_depose_each_other_at_once_leave_one(
    live_merchant: Tenant, act: str
) -> None:
    """The second waits for the first, then sees that one owner is left."""
    for _ in range(effort(short=5, soak=200)):
        Membership.objects.filter(tenant_id=live_merchant.id).delete()
        pair = [member(live_merchant, name, Role.OWNER) for name in ("Un", "Deux")]
        outcomes = at_once([lambda m=m: depose(m, act=act) for m in pair])
        assert sorted(outcomes) == ["done", "refused"]
        owners = Membership.objects.filter(tenant_id=live_merchant.id, role=Role.OWNER)
        assert owners.count() == 1
