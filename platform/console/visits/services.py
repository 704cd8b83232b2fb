"""Begin, open and end a visit. Each is written down where the merchant reads it."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.links import tenant_url
from accounts.models import User
from accounts.services.one_time_links import UnknownLinkError
from accounts.services.second_factor import is_on
from accounts.tokens import hash_of, token_for
from console.models import Act, Visit
from console.services.merchants import merchant
from console.services.trail import check_reason, note
from kernel.errors import ConflictError
from kernel.ids import uuid7
from tenants.models import Tenant, TenantState

# However long somebody means to look.
LONGEST = timedelta(minutes=30)
LINK = timedelta(seconds=60)


class ClosedMerchantError(ConflictError):
    """The merchant's addresses are closed: there is no page to look at."""

    code = "closed_merchant"
    words = _("Les adresses de ce commerçant sont fermées : rouvrez-le d’abord.")


@transaction.atomic
def begin(*, tenant_id: uuid.UUID, operator: User, reason: str, now: datetime) -> str:
    """Write the visit down and return the link that opens it, once, within a minute.

    An earlier visit of the same person to the same merchant ends. Raises ReasonMissingError,
    UnknownMerchantError or ClosedMerchantError.
    """
    why, tenant = check_reason(reason), merchant(tenant_id)
    if tenant.state != TenantState.ACTIVE:
        raise ClosedMerchantError
    end_all(operator_id=operator.id, tenant_id=tenant_id, now=now)
    visit_id = uuid7()
    token = token_for(visit_id)
    Visit.objects.create(
        id=visit_id,
        operator_id=operator.id,
        tenant_id=tenant_id,
        reason=why,
        token_hash=hash_of(token),
        created_at=now,
        link_until=now + LINK,
        ends_at=now + LONGEST,
    )
    note(act=Act.SEEN_AS, operator=operator, tenant=tenant, reason=why, now=now)
    return tenant_url(tenant_id, "visits:arrive", token)


def find(*, token: str, tenant_id: uuid.UUID, now: datetime) -> Visit:
    """The visit that a link opens here, still unopened; raises UnknownLinkError."""
    visit = Visit.objects.filter(
        token_hash=hash_of(token),
        tenant_id=tenant_id,
        opened_at=None,
        closed_at=None,
        link_until__gt=now,
    ).first()
    if visit is None or not _may_look(visit):
        raise UnknownLinkError
    return visit


def open_visit(*, token: str, tenant_id: uuid.UUID, now: datetime) -> Visit:
    """Use the link up; of two requests at once, one gets UnknownLinkError."""
    visit = find(token=token, tenant_id=tenant_id, now=now)
    if not Visit.objects.filter(id=visit.id, opened_at=None).update(opened_at=now):
        raise UnknownLinkError
    return visit


def current(*, visit_id: str, tenant_id: uuid.UUID, now: datetime) -> Visit | None:
    """The visit of a session, while it lasts and its operator may look; else None."""
    visit = Visit.objects.filter(
        id=uuid.UUID(visit_id), tenant_id=tenant_id, closed_at=None, ends_at__gt=now
    ).first()
    return visit if visit is not None and _may_look(visit) else None


@transaction.atomic
def end(*, visit: Visit, tenant: Tenant, now: datetime) -> None:
    """End it before its time; nothing happens the second time."""
    if Visit.objects.filter(id=visit.id, closed_at=None).update(closed_at=now):
        operator = User.objects.filter(id=visit.operator_id).first()
        note(act=Act.LEFT, operator=operator, tenant=tenant, now=now)


@transaction.atomic
def end_all(*, operator_id: uuid.UUID, now: datetime, tenant_id: uuid.UUID | None = None) -> None:
    """End every visit of an operator, at one merchant or anywhere, each where it is read."""
    visits = Visit.objects.filter(operator_id=operator_id, closed_at=None, ends_at__gt=now)
    if tenant_id is not None:
        visits = visits.filter(tenant_id=tenant_id)
    for visit in visits.order_by("created_at"):
        end(visit=visit, tenant=merchant(visit.tenant_id), now=now)


def _may_look(visit: Visit) -> bool:
    """Read each time: who lost the right, or the second factor, looks no longer."""
    operator = User.objects.filter(id=visit.operator_id, is_active=True, is_staff=True).first()
    return operator is not None and is_on(operator)
