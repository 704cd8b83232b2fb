"""What the current merchant may use, as written on its row: no query, whoever asks.

`billing.allowing` decides; `refresh` copies its answer onto the tenant, whole, in the transaction
of whatever changed it. An empty copy is that of a merchant without an account: it may use all.
"""

import uuid
from datetime import datetime

from billing import allowing
from billing.plans import Allowed, Limit
from kernel.db import atomic_with_retry
from tenants import lookup
from tenants.database.current import this_connection
from tenants.models import Tenant


def holds(tenant: Tenant, feature: Allowed) -> bool:
    """Whether the tenant's plan, or a grant, holds this."""
    copy = tenant.entitlements
    return not copy or feature.value in copy["features"]


def limit_of(tenant: Tenant, limit: Limit) -> int | None:
    """How much of this the tenant may have; None where there is no limit."""
    found: int | None = tenant.entitlements.get("limits", {}).get(limit.value)
    return found


def is_frozen(tenant: Tenant) -> bool:
    """Whether nothing is paid any more: the merchant reads, and begins nothing."""
    return bool(tenant.entitlements.get("frozen"))


def plan_of(tenant: Tenant) -> str:
    """The key of the tenant's plan; "" for one without an account."""
    return str(tenant.entitlements.get("plan", ""))


@atomic_with_retry
def refresh(*, tenant_id: uuid.UUID, now: datetime) -> None:
    """Write what the tenant may use onto its row. What is not there (yet) is left alone.

    The row is locked before anything is read, so that the last of two changes sees both.
    """
    tenant = Tenant.objects.select_for_update().filter(id=tenant_id).first()
    if tenant is None:
        return
    found = allowing.entitlements(tenant_id=tenant_id, now=now)
    tenant.entitlements = {} if found is None else _copy(found)
    tenant.entitled_until = None if found is None else found.until
    tenant.save(update_fields=["entitlements", "entitled_until"])
    lookup.forget(tenant)
    here = this_connection().tenant
    if isinstance(here, Tenant) and here.id == tenant.id:
        here.entitlements = tenant.entitlements  # this request, or task, sees it at once
        here.entitled_until = tenant.entitled_until


def refresh_due(*, now: datetime) -> int:
    """Refresh every tenant whose copy holds no longer; returns how many there were."""
    due = Tenant.objects.filter(entitled_until__lte=now).order_by("entitled_until")
    ids = list(due.values_list("id", flat=True))
    for tenant_id in ids:
        refresh(tenant_id=tenant_id, now=now)
    return len(ids)


def _copy(found: allowing.Entitlements) -> dict[str, object]:
    return {
        "plan": found.plan,
        "features": sorted(feature.value for feature in found.features),
        "limits": {limit.value: value for limit, value in found.limits.items()},
        "frozen": found.frozen,
    }
