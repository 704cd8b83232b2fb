"""Asking a colleague to join a tenant."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from accounts.links import tenant_url
from accounts.models import INVITATION_EVENT, Invitation, Membership, Role, User
from accounts.services.members import AlreadyMemberError, create_member
from accounts.services.passwords import require_strong_password
from accounts.throttles import hit
from accounts.tokens import hash_of, token_for
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kernel.ids import uuid7
from kernel.outbox.services import emit

LIFETIME = timedelta(days=7)
# R42: what one tenant may send in a day, and one address may receive.
PER_TENANT = 30
PER_ADDRESS = 3
DAY = timedelta(days=1)


class AlreadyInvitedError(ConflictError):
    """This address has been invited already, and has not answered yet."""

    code = "already_invited"


class InvalidAddressError(InvalidInputError):
    """This is not an email address: expected something like claire@maison-lumen.fr."""

    code = "invalid_address"


class UnknownInvitationError(NotFoundError):
    """This invitation does not exist here, was answered or withdrawn, or is too old."""

    code = "unknown_invitation"


def invite(
    *,
    email: str,
    role: Role,
    tenant_id: uuid.UUID,
    invited_by: User | None,
    now: datetime,
    event: str = INVITATION_EVENT,
    counted: bool = False,
) -> Invitation:
    """Write an invitation and have it mailed; `invited_by` is None where the operator asks.

    `event` is the kind of outbox event, in the caller's schema, that has it mailed. A caller who
    has called `count_invitation` before something long says that it is `counted`.

    Raises AlreadyMemberError, AlreadyInvitedError or ThrottledError, and what `TEAM_ROOM` raises.
    """
    email = email.strip()
    if Membership.objects.filter(
        tenant_id=tenant_id, user__in=User.objects.by_email(email)
    ).exists():
        raise AlreadyMemberError
    open_one = open_invitations(tenant_id=tenant_id).filter(email__iexact=email).first()
    if open_one is not None and open_one.expires_at > now:
        raise AlreadyInvitedError
    if not counted:
        count_invitation(email=email, tenant_id=tenant_id, now=now)
    with transaction.atomic():
        if invited_by is not None:
            _require_room(event, tenant_id=tenant_id, now=now)
        if open_one is not None:
            Invitation.objects.filter(id=open_one.id).update(withdrawn_at=now)
        invitation_id = uuid7()
        try:
            with transaction.atomic():
                invitation = Invitation.objects.create(
                    id=invitation_id,
                    tenant_id=tenant_id,
                    email=email,
                    role=role,
                    invited_by=invited_by,
                    token_hash=hash_of(token_for(invitation_id, 1)),
                    event=event,
                    created_at=now,
                    expires_at=now + LIFETIME,
                )
        except IntegrityError as error:
            raise AlreadyInvitedError from error
        _have_it_sent(invitation, now=now)
    return invitation


def invite_owner(*, email: str, tenant_id: uuid.UUID, now: datetime) -> str:
    """The operator's way in for an owner: an invitation, mailed; returns its link, to hand over.

    One that waits for an answer is sent again, and its former link ends. Raises
    InvalidAddressError, AlreadyMemberError or ThrottledError.
    """
    address = check_address(email)
    waiting = open_invitations(tenant_id=tenant_id).filter(email__iexact=address, role=Role.OWNER)
    invitation = waiting.first()
    if invitation is None:
        invitation = invite(
            email=address, role=Role.OWNER, tenant_id=tenant_id, invited_by=None, now=now
        )
    else:
        resend_invitation(
            invitation_id=invitation.id, tenant_id=tenant_id, now=now, by_operator=True
        )
        invitation.refresh_from_db()
    token = token_for(invitation.id, invitation.version)
    return tenant_url(tenant_id, "accounts:invitation", token)


def check_address(email: str) -> str:
    """The address, trimmed; raises InvalidAddressError when nothing could be mailed there."""
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise InvalidAddressError from error
    return email.strip()


def resend_invitation(
    *, invitation_id: uuid.UUID, tenant_id: uuid.UUID, now: datetime, by_operator: bool = False
) -> None:
    """Send an open invitation again, for seven more days; the link sent before ends.

    Raises UnknownInvitationError or ThrottledError, and what `TEAM_ROOM` raises.
    """
    found = open_invitations(tenant_id=tenant_id).filter(id=invitation_id).first()
    if found is None:
        raise UnknownInvitationError
    count_invitation(email=found.email, tenant_id=tenant_id, now=now)
    with transaction.atomic():
        invitation = (
            open_invitations(tenant_id=tenant_id)
            .select_for_update()
            .filter(id=invitation_id)
            .first()
        )
        if invitation is None:
            raise UnknownInvitationError
        if invitation.expires_at <= now and not by_operator:
            # Its seat was given back when it ran out: it needs one again.
            _require_room(invitation.event, tenant_id=tenant_id, now=now)
        invitation.version += 1
        invitation.token_hash = hash_of(token_for(invitation.id, invitation.version))
        invitation.expires_at = now + LIFETIME
        invitation.sent_at = None
        invitation.save(update_fields=["version", "token_hash", "expires_at", "sent_at"])
        _have_it_sent(invitation, now=now)


def withdraw_invitation(
    *, invitation_id: uuid.UUID, tenant_id: uuid.UUID, now: datetime
) -> Invitation:
    """Take an invitation back: its link ends at once. Raises UnknownInvitationError."""
    invitation = open_invitations(tenant_id=tenant_id).filter(id=invitation_id).first()
    if invitation is None or not open_invitations(tenant_id=tenant_id).filter(
        id=invitation_id
    ).update(withdrawn_at=now):
        raise UnknownInvitationError
    return invitation


def find_invitation(*, token: str, tenant_id: uuid.UUID, now: datetime) -> Invitation:
    """The open invitation that a token leads to; raises UnknownInvitationError."""
    invitation = (
        open_invitations(tenant_id=tenant_id)
        .select_related("invited_by")
        .filter(token_hash=hash_of(token), expires_at__gt=now)
        .first()
    )
    if invitation is None:
        raise UnknownInvitationError
    return invitation


@transaction.atomic
def accept_invitation(
    *,
    token: str,
    tenant_id: uuid.UUID,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
) -> Membership:
    """Join the tenant, once. A new person gives a name and a password; who has a user does not.

    Whether the caller is that user must be settled before (the password checked, or logged in).
    Raises UnknownInvitationError, WeakPasswordError or AlreadyMemberError.
    """
    invitation = find_invitation(token=token, tenant_id=tenant_id, now=now)
    if password is not None and not User.objects.by_email(invitation.email).exists():
        person = User(email=invitation.email, first_name=first_name, last_name=last_name)
        require_strong_password(password=password, user=person)
    claimed = Invitation.objects.filter(
        id=invitation.id, token_hash=invitation.token_hash, accepted_at=None, withdrawn_at=None
    ).update(accepted_at=now)
    if not claimed:
        raise UnknownInvitationError
    return create_member(
        email=invitation.email,
        first_name=first_name,
        last_name=last_name,
        password=password,
        tenant_id=tenant_id,
        role=Role(invitation.role),
        now=now,
    )


def open_invitations(*, tenant_id: uuid.UUID) -> QuerySet[Invitation]:
    """Invitations that wait for an answer, those that ran out of time included."""
    return Invitation.objects.filter(tenant_id=tenant_id, accepted_at=None, withdrawn_at=None)


def count_invitation(*, email: str, tenant_id: uuid.UUID, now: datetime) -> None:
    """Count one email that asks somebody to join; ThrottledError past what a day allows (R42)."""
    hit(action="invite-to", subject=email.lower(), limit=PER_ADDRESS, window=DAY, now=now)
    hit(action="invite", subject=str(tenant_id), limit=PER_TENANT, window=DAY, now=now)


def _require_room(event: str, *, tenant_id: uuid.UUID, now: datetime) -> None:
    """Where a colleague asks, the floor above says whether the team has room for one more."""
    if event == INVITATION_EVENT:
        import_string(settings.TEAM_ROOM)(tenant_id=tenant_id, now=now)


def _have_it_sent(invitation: Invitation, *, now: datetime) -> None:
    payload = {"invitation_id": str(invitation.id), "version": invitation.version}
    emit(kind=invitation.event, payload=payload, now=now)
