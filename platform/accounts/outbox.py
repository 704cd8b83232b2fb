"""Answers the outbox events of accounts: each one sends one email.

A row that was used or withdrawn in the meantime is not written about, and a handler's marks
(`sent_at`) are kept with the event's own, in one transaction.
"""

import uuid

from django.utils.timezone import now as clock

from accounts.links import tenant_of, tenant_url
from accounts.mail import send_mail
from accounts.models import Invitation, LinkPurpose, OneTimeLink, User
from accounts.selectors import opens_the_office, tenants_of
from accounts.tokens import token_for
from kernel.outbox.types import EventData, Handler


def send_invitation(event: EventData) -> None:
    """Mail an invitation's link, unless it was sent again, answered or withdrawn since."""
    invitation = (
        Invitation.objects.select_related("invited_by")
        .filter(
            id=uuid.UUID(event.payload["invitation_id"]),
            version=event.payload["version"],
            accepted_at=None,
            withdrawn_at=None,
            sent_at=None,
        )
        .first()
    )
    if invitation is None:
        return
    tenant = tenant_of(invitation.tenant_id)
    token = token_for(invitation.id, invitation.version)
    send_mail(
        template="invitation",
        to=invitation.email,
        language=tenant.language,
        message_id=str(event.id),
        context={
            "tenant": tenant,
            "invitation": invitation,
            "inviter": invitation.invited_by,
            "first": opens_the_office(invitation=invitation),
            "url": tenant_url(invitation.tenant_id, "accounts:invitation", token),
        },
    )
    Invitation.objects.filter(id=invitation.id).update(sent_at=clock())


def send_password_reset(event: EventData) -> None:
    """Mail a reset link; a request for an address that nobody has ends here, in silence."""
    link = (
        OneTimeLink.objects.select_related("user")
        .filter(
            id=uuid.UUID(event.payload["link_id"]),
            purpose=LinkPurpose.RESET,
            used_at=None,
            sent_at=None,
            expires_at__gt=clock(),
        )
        .first()
    )
    if link is None or link.user is None:
        return
    send_mail(
        template="password_reset",
        to=link.user.email,
        language=link.user.language,
        message_id=str(event.id),
        context={
            "tenant": tenant_of(link.tenant_id),
            "person": link.user,
            "url": tenant_url(
                link.tenant_id, "account_reset_password_from_key", token_for(link.id)
            ),
        },
    )
    OneTimeLink.objects.filter(id=link.id).update(sent_at=clock())


def send_password_changed(event: EventData) -> None:
    """Tell a person that their password changed, so that a thief cannot do it in silence."""
    _send_notice(event, template="password_changed")


def send_two_factor_changed(event: EventData) -> None:
    """Tell a person that their two-factor was switched on or off."""
    _send_notice(event, template=f"two_factor_{event.payload['change']}")


def send_addresses(event: EventData) -> None:
    """Mail the list of a person's back offices; for nobody, nothing."""
    user_id = event.payload["user_id"]
    user = User.objects.filter(id=user_id, is_active=True).first() if user_id else None
    choices = tenants_of(user) if user else []
    if user is None or not choices:
        return
    send_mail(
        template="addresses",
        to=user.email,
        language=user.language,
        message_id=str(event.id),
        context={"person": user, "choices": choices},
    )


def _send_notice(event: EventData, *, template: str) -> None:
    user = User.objects.filter(id=event.payload["user_id"]).first()
    if user is None:
        return
    send_mail(
        template=template,
        to=user.email,
        language=user.language,
        message_id=str(event.id),
        context={"person": user, "at": event.created_at},
    )


HANDLERS: dict[str, Handler] = {
    "accounts.invitation": send_invitation,
    "accounts.password_reset": send_password_reset,
    "accounts.password_changed": send_password_changed,
    "accounts.two_factor_changed": send_two_factor_changed,
    "accounts.addresses": send_addresses,
}
