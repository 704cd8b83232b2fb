"""What one merchant has used of what its plan counts."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from billing.plans import Limit
from console.entering import inside
from tenants import entitlements, limits
from tenants.models import Tenant, TenantState


@dataclass(frozen=True, slots=True)
class Used:
    """One limit; `most` is None where there is none."""

    name: str | Promise
    used: int
    most: int | None


def usage(tenant: Tenant, *, now: datetime) -> list[Used]:
    """Every limit of an active merchant; nothing of one whose schema is closed."""
    if tenant.state != TenantState.ACTIVE:
        return []
    with inside(tenant.id):
        return [
            Used(one.label, limits.used(one, now=now), entitlements.limit_of(tenant, one))
            for one in Limit
        ]
