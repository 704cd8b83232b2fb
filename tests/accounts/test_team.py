"""The team: invitations, roles, and the last owner."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Invitation, Membership, Role, User
from accounts.services.invitations import invite_owner
from kernel.outbox.models import Event
from tenants.models import Domain, Tenant
from tests.accounts.conftest import PASSWORD, Cast, link_in
from tests.fixtures.tenants import TenantClient

Enter = Callable[..., TenantClient]
Deliver = Callable[[], list[EmailMessage]]
NEWCOMER = {"first_name": "Lou", "last_name": "Marchand", "password": "trois galets plats"}


def invite(client: TenantClient, email: str = "lou@exemple.fr", role: str = "manager") -> int:
    response = client.post("/reglages/equipe/inviter", {"email": email, "role": role})
    return int(response.status_code)


def test_an_invited_person_chooses_a_password_and_is_in(
    cast: Cast, merchant: Tenant, browser: TenantClient, logged_in: Enter, delivered: Deliver
) -> None:
    assert invite(logged_in(cast.owner.user)) == 302
    [message] = delivered()
    assert message.to == ["lou@exemple.fr"]
    assert "Maison Lumen" in message.subject
    path = link_in(message)
    page = browser.get(path).content.decode()
    assert "lou@exemple.fr" in page and "Gestionnaire" in page
    response = browser.post(path, NEWCOMER)
    assert (response.status_code, response["Location"]) == (302, "/")
    membership = Membership.objects.get(tenant_id=merchant.id, user__email="lou@exemple.fr")
    assert membership.role == Role.MANAGER
    assert browser.get("/compte").status_code == 200


def test_an_invitation_works_once_and_only_here(
    cast: Cast, other_merchant: Tenant, browser: TenantClient, logged_in: Enter, delivered: Deliver
) -> None:
    """R24: bound to its tenant, its purpose and its person."""
    invite(logged_in(cast.owner.user))
    [message] = delivered()
    path = link_in(message)
    token = path.rsplit("/", 1)[1]
    assert TenantClient(other_merchant).get(path).status_code == 410
    assert browser.get(f"/mot-de-passe/nouveau/{token}").status_code == 410
    assert browser.get(f"/compte/arrivee/{token}").status_code == 410
    assert browser.post(path, NEWCOMER | {"email": "moi@exemple.fr", "role": "owner"})
    joined = Membership.objects.get(user__email="lou@exemple.fr")
    assert joined.role == Role.MANAGER
    assert not User.objects.filter(email="moi@exemple.fr").exists()
    assert browser.get(path).status_code == 410
    assert browser.post(path, NEWCOMER).status_code == 410


def test_a_person_with_a_user_proves_it_with_their_own_password(
    cast: Cast, merchant: Tenant, browser: TenantClient, logged_in: Enter, delivered: Deliver
) -> None:
    """The link alone does not open somebody's user, and sets no password."""
    invite(logged_in(cast.owner.user), "Sami@Exemple.fr", "viewer")
    [message] = delivered()
    path = link_in(message)
    assert browser.post(path, {"password": "un autre mot de passe"}).status_code == 422
    assert not Membership.objects.filter(user=cast.stranger.user, tenant_id=merchant.id).exists()
    assert browser.post(path, {"password": PASSWORD}).status_code == 302
    membership = Membership.objects.get(user=cast.stranger.user, tenant_id=merchant.id)
    assert membership.role == Role.VIEWER
    cast.stranger.user.refresh_from_db()
    assert cast.stranger.user.check_password(PASSWORD)


def test_a_weak_password_is_refused_and_the_link_goes_on_working(
    cast: Cast, browser: TenantClient, logged_in: Enter, delivered: Deliver
) -> None:
    invite(logged_in(cast.owner.user))
    [message] = delivered()
    path = link_in(message)
    for weak in ("court", "1234567890123", "password123", "marchand lou"):
        response = browser.post(path, NEWCOMER | {"password": weak})
        assert response.status_code == 422, weak
        assert "Marchand" in response.content.decode()
    assert not User.objects.filter(email="lou@exemple.fr").exists()
    assert browser.post(path, NEWCOMER).status_code == 302


def test_an_invitation_ends_after_seven_days_and_can_be_sent_again(
    cast: Cast, browser: TenantClient, logged_in: Enter, delivered: Deliver
) -> None:
    invite(logged_in(cast.owner.user))
    [first] = delivered()
    invitation = Invitation.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert browser.get(link_in(first)).status_code == 410
        owner = logged_in(cast.owner.user)
        path = f"/reglages/equipe/invitations/{invitation.public_id}/renvoyer"
        assert owner.post(path).status_code == 302
        [second] = delivered()
        assert link_in(second) != link_in(first)
        assert browser.get(link_in(first)).status_code == 410
        assert browser.get(link_in(second)).status_code == 200


def test_a_withdrawn_invitation_is_over_and_an_unsent_one_is_never_sent(
    cast: Cast, browser: TenantClient, logged_in: Enter, delivered: Deliver
) -> None:
    owner = logged_in(cast.owner.user)
    invite(owner)
    [message] = delivered()
    sent = Invitation.objects.get()
    withdraw = "/reglages/equipe/invitations/{}/retirer"
    assert owner.post(withdraw.format(sent.public_id)).status_code == 302
    assert browser.get(link_in(message)).status_code == 410
    assert owner.post(withdraw.format(sent.public_id)).status_code == 404
    invite(owner, "rose@exemple.fr")
    unsent = Invitation.objects.get(email="rose@exemple.fr")
    owner.post(withdraw.format(unsent.public_id))
    assert delivered() == []


def test_one_address_is_invited_once_and_a_member_never(
    cast: Cast, logged_in: Enter, delivered: Deliver
) -> None:
    """R42."""
    owner = logged_in(cast.owner.user)
    assert invite(owner) == 302
    assert invite(owner, "LOU@exemple.fr") == 422
    assert invite(owner, "hugo@exemple.fr") == 422
    assert invite(owner, "zoe@exemple.fr", "admin") == 422
    assert len(delivered()) == 1


def test_invitations_are_capped_for_an_address_and_for_a_tenant(
    cast: Cast, logged_in: Enter, delivered: Deliver
) -> None:
    """R42."""
    owner = logged_in(cast.owner.user)
    invite(owner)
    path = f"/reglages/equipe/invitations/{Invitation.objects.get().public_id}/renvoyer"
    assert [owner.post(path).status_code for _ in range(3)] == [302, 302, 429]
    statuses = [invite(owner, f"personne{n}@exemple.fr") for n in range(30)]
    assert statuses.count(302) == 27
    assert statuses[-1] == 429
    [only, *_] = [m for m in delivered() if m.to == ["lou@exemple.fr"]]
    assert only


def test_the_link_comes_from_the_stored_domain_whatever_the_headers_say(
    cast: Cast, merchant: Tenant, logged_in: Enter, delivered: Deliver
) -> None:
    """R30."""
    client = logged_in(cast.owner.user)
    client.post(
        "/reglages/equipe/inviter",
        {"email": "lou@exemple.fr", "role": "viewer"},
        HTTP_X_FORWARDED_HOST="ailleurs.example",
        HTTP_FORWARDED="host=ailleurs.example",
    )
    [message] = delivered()
    domain = Domain.objects.get(tenant=merchant, is_primary=True).domain
    assert f"http://{domain}" in message.body
    assert "ailleurs.example" not in message.body


def test_events_hold_ids_only_and_the_table_no_token(
    cast: Cast, logged_in: Enter, delivered: Deliver
) -> None:
    """D9: no personal data in events. A copy of the database opens nothing."""
    invite(logged_in(cast.owner.user))
    event = Event.objects.get(kind="accounts.invitation")
    assert set(event.payload) == {"invitation_id", "version"}
    [message] = delivered()
    token = link_in(message).rsplit("/", 1)[1]
    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert len(token) == 43


def test_a_name_with_a_line_break_does_not_reach_the_headers(
    cast: Cast, merchant: Tenant, logged_in: Enter, delivered: Deliver
) -> None:
    """R41."""
    Tenant.objects.filter(pk=merchant.pk).update(name="Maison\r\nBcc: tous@exemple.fr")
    invite(logged_in(cast.owner.user))
    [message] = delivered()
    assert "\n" not in message.subject
    assert message.recipients() == ["lou@exemple.fr"]


def test_the_same_event_delivered_twice_writes_once(
    cast: Cast, logged_in: Enter, delivered: Deliver
) -> None:
    """R7."""
    from accounts.outbox import send_invitation
    from kernel.outbox.types import EventData

    invite(logged_in(cast.owner.user))
    event = Event.objects.get(kind="accounts.invitation")
    data = EventData(event.id, event.kind, event.payload, event.created_at, 2, True)
    assert len(delivered()) == 1
    send_invitation(data)
    assert Invitation.objects.get().sent_at is not None
    assert delivered() == []


def test_the_first_owner_is_told_in_words_of_their_own(
    merchant: Tenant, browser: TenantClient, delivered: Deliver
) -> None:
    """There is no team to join yet: the back office is theirs to open."""
    for email in ("rose@exemple.fr", "noe@exemple.fr"):
        invite_owner(email=email, tenant_id=merchant.id, now=timezone.now())
    first, second = delivered()
    assert "est prêt" in first.subject and "rejoindre son équipe" not in str(first.body)
    page = browser.get(link_in(first)).content.decode()
    assert "Ouvrir mon espace" in page and "Rejoindre l’équipe" not in page
    assert browser.post(link_in(first), NEWCOMER).status_code == 302
    page = TenantClient(merchant).get(link_in(second)).content.decode()
    assert "Rejoindre l’équipe" in page, "who comes second joins a team"
