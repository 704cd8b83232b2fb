"""Reading who belongs where."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django_tenants.utils import get_tenant_domain_model

from accounts.links import origin_of
from accounts.models import Invitation, LoginSession, Membership, Role, User
from accounts.services.invitations import open_invitations
from kernel.ids import public_id


@dataclass(frozen=True, slots=True)
class TenantChoice:
    """One tenant that a person may switch to."""

    tenant_id: uuid.UUID
    name: str
    kind: str
    host: str
    role: Role
    brand_color: str

    @property
    def url(self) -> str:
        return origin_of(self.host)

    @property
    def public_id(self) -> str:
        """What the switcher's form sends as `tenant`."""
        return public_id("ten", self.tenant_id)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser in which a person is logged in."""

    tenant_name: str
    opened_at: datetime | None
    is_this_one: bool


def tenants_of(user: User) -> list[TenantChoice]:
    """The active tenants that a person belongs to, by name: what the switcher offers."""
    roles = dict(Membership.objects.filter(user=user).values_list("tenant_id", "role"))
    domains = (
        get_tenant_domain_model()
        .objects.select_related("tenant")
        .filter(tenant_id__in=roles, is_primary=True, tenant__state="active")
        .order_by("tenant__name")
    )
    return [
        TenantChoice(
            tenant_id=domain.tenant_id,
            name=domain.tenant.name,
            kind=domain.tenant.shown_kind,
            host=domain.domain,
            role=Role(roles[domain.tenant_id]),
            brand_color=domain.tenant.brand_color,
        )
        for domain in domains
    ]


def members_of(*, tenant_id: uuid.UUID) -> Sequence[Membership]:
    """A tenant's members with their users, owners first, then by name."""
    rank = {Role.OWNER: 0, Role.MANAGER: 1, Role.VIEWER: 2}
    members = Membership.objects.select_related("user").filter(tenant_id=tenant_id)
    return sorted(members, key=lambda m: (rank[Role(m.role)], m.user.name.lower()))


def is_member_with(*, session_key: str, tenant_id: uuid.UUID, now: datetime) -> bool:
    """Whether the log-in of this session, at this tenant, is that of one of its members."""
    if "\0" in session_key:
        return False
    here = LoginSession.objects.filter(
        session_key=session_key, tenant_id=tenant_id, expire_date__gt=now
    )
    rows = Membership.objects.filter(tenant_id=tenant_id, user_id__in=here.values("user_id"))
    return rows.exists()


def opens_the_office(*, invitation: Invitation) -> bool:
    """Whether whoever is invited comes first: an owner where nobody is a member yet."""
    nobody = not Membership.objects.filter(tenant_id=invitation.tenant_id).exists()
    return invitation.role == Role.OWNER and nobody


def invitations_of(*, tenant_id: uuid.UUID) -> Sequence[Invitation]:
    """A tenant's invitations without an answer, the latest first."""
    return list(
        open_invitations(tenant_id=tenant_id).select_related("invited_by").order_by("-created_at")
    )


def open_sessions(*, user: User, this: str | None, now: datetime) -> list[OpenSession]:
    """The sessions that a person has open, the latest first; `this` is the current one's key."""
    names = {choice.tenant_id: choice.name for choice in tenants_of(user)}
    rows = LoginSession.objects.filter(user_id=user.id, expire_date__gt=now).order_by("-opened_at")
    return [
        OpenSession(
            tenant_name=names.get(row.tenant_id, "Ricochet") if row.tenant_id else "Ricochet",
            opened_at=row.opened_at,
            is_this_one=row.session_key == this,
        )
        for row in rows
    ]
