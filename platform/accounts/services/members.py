"""Who belongs to a tenant, and in which role."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import Invitation, Membership, Role, User
from accounts.services.sessions import end_sessions
from kernel.errors import ConflictError, NotFoundError


class AlreadyMemberError(ConflictError):
    """This person is a member of this tenant already."""

    code = "already_member"


class LastOwnerError(ConflictError):
    """A tenant keeps at least one owner."""

    code = "last_owner"


class UnknownMemberError(NotFoundError):
    """There is no such member in this tenant."""

    code = "unknown_member"


@transaction.atomic
def create_member(
    *,
    email: str,
    first_name: str,
    last_name: str,
    password: str | None,
    tenant_id: uuid.UUID,
    role: Role,
    now: datetime,
) -> Membership:
    """Give a person a role in a tenant, and make their user if nobody has this email yet.

    A user who exists keeps their name and password: what they set is theirs, whoever adds them
    to one more tenant. Raises AlreadyMemberError.
    """
    user = User.objects.by_email(email).first()
    if user is None:
        user = User.objects.create_user(
            email=email,
            password=password,
            first_name=first_name.strip(),
            last_name=last_name.strip(),
            created_at=now,
        )
    membership, created = Membership.objects.get_or_create(
        user=user, tenant_id=tenant_id, defaults={"role": role, "created_at": now}
    )
    if not created:
        raise AlreadyMemberError
    # An invitation still open for this address has nothing left to offer.
    Invitation.objects.filter(
        tenant_id=tenant_id, email__iexact=user.email, accepted_at=None, withdrawn_at=None
    ).update(accepted_at=now)
    return membership


@transaction.atomic
def change_role(
    *,
    membership_id: uuid.UUID,
    tenant_id: uuid.UUID,
    role: Role,
    keep_session: str | None = None,
) -> Membership:
    """Change a member's role, and end their sessions here: none outlives the role (R29).

    `keep_session` names one that stays: that of a person who changes their own role.
    Raises UnknownMemberError, or LastOwnerError when nobody else owns the tenant.
    """
    membership = _locked(membership_id=membership_id, tenant_id=tenant_id)
    if membership.role == role:
        return membership
    if membership.is_owner:
        _require_another_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    end_sessions(user_id=membership.user_id, tenant_id=tenant_id, keep=keep_session)
    return membership


@transaction.atomic
def remove_member(*, membership_id: uuid.UUID, tenant_id: uuid.UUID) -> User:
    """Take a member out of a tenant and end their sessions here; their user remains.

    Raises UnknownMemberError, or LastOwnerError when nobody else owns the tenant.
    """
    membership = _locked(membership_id=membership_id, tenant_id=tenant_id)
    if membership.is_owner:
        _require_another_owner(membership)
    user = membership.user
    end_sessions(user_id=user.id, tenant_id=tenant_id)
    membership.delete()
    return user


def _locked(*, membership_id: uuid.UUID, tenant_id: uuid.UUID) -> Membership:
    """The member, with every owner's row and theirs locked in order.

    Two owners who demote each other at once wait for one another here; the second then sees
    one owner left and is refused.
    """
    list(
        Membership.objects.select_for_update()
        .filter(tenant_id=tenant_id)
        .order_by("id")
        .values_list("id", flat=True)
    )
    membership = (
        Membership.objects.select_related("user")
        .filter(id=membership_id, tenant_id=tenant_id)
        .first()
    )
    if membership is None:
        raise UnknownMemberError
    return membership


def _require_another_owner(membership: Membership) -> None:
    others = Membership.objects.filter(
        tenant_id=membership.tenant_id, role=Role.OWNER, user__is_active=True
    ).exclude(id=membership.id)
    if not others.exists():
        raise LastOwnerError
