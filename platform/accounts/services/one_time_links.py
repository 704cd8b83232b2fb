"""Links that work once, for one purpose, one tenant and one person (R24)."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import LinkPurpose, OneTimeLink, User
from accounts.tokens import hash_of, token_for
from kernel.errors import NotFoundError
from kernel.ids import uuid7

LIFETIMES = {
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.HAND_OVER: timedelta(seconds=60),
    LinkPurpose.OPERATOR: timedelta(hours=24),
}


class UnknownLinkError(NotFoundError):
    """This link does not exist here, was used already, or is too old."""

    code = "unknown_link"


def make_link(
    *, purpose: LinkPurpose, tenant_id: uuid.UUID, user_id: uuid.UUID | None, now: datetime
) -> OneTimeLink:
    """Write a link; `accounts.tokens.token_for(link.id)` is what its address carries."""
    link_id = uuid7()
    return OneTimeLink.objects.create(
        id=link_id,
        purpose=purpose,
        tenant_id=tenant_id,
        user_id=user_id,
        token_hash=hash_of(token_for(link_id)),
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )


def find_link(
    *, token: str, purpose: LinkPurpose, tenant_id: uuid.UUID, now: datetime
) -> OneTimeLink:
    """The link that a token opens, still unused; raises UnknownLinkError."""
    belongs = (
        Q(user__is_staff=True)
        if purpose == LinkPurpose.OPERATOR
        else Q(user__memberships__tenant_id=tenant_id)
    )
    link = (
        OneTimeLink.objects.select_related("user")
        .filter(
            belongs,
            token_hash=hash_of(token),
            purpose=purpose,
            tenant_id=tenant_id,
            used_at=None,
            expires_at__gt=now,
            user__is_active=True,
        )
        .first()
    )
    if link is None:
        raise UnknownLinkError
    return link


def use_link(*, token: str, purpose: LinkPurpose, tenant_id: uuid.UUID, now: datetime) -> User:
    """Use a link up and return its person; of two requests at once, one gets UnknownLinkError."""
    link = find_link(token=token, purpose=purpose, tenant_id=tenant_id, now=now)
    if not OneTimeLink.objects.filter(id=link.id, used_at=None).update(used_at=now):
        raise UnknownLinkError
    assert link.user is not None  # noqa: S101 - the filter above asks for an active user
    return link.user
