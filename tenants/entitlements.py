"""What the current merchant may use, as written on its row: no query, whoever asks.

`billing.allowing` decides; `refresh` copies its answer onto the tenant, whole, in the transaction
of whatever changed it. An empty copy is that of a merchant without an account: it may use all.
"""

import logging
import uuid
from datetime import datetime
from typing import Any

from billing import allowing
from billing.plans import Allowed, Limit, PlanKey
from kernel.db import atomic_with_retry
from tenants import lookup
from tenants.database.current import this_connection
from tenants.models import Tenant, TenantState

logger = logging.getLogger(__name__)


def holds(tenant: Tenant, feature: Allowed) -> bool:
    """Whether the tenant's plan, or a grant, holds this."""
    copy = tenant.entitlements
    return not copy or feature.value in copy["features"]


def held_once(tenant: Tenant, feature: Allowed) -> bool:
    """Whether it held this at any time: what was made then is still there to be read."""
    copy = tenant.entitlements
    return not copy or feature.value in copy["had"]


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
    tenant.entitlements = {} if found is None else _copy(found, before=tenant)
    tenant.entitled_until = None if found is None else found.until
    if found is not None and found.plan != PlanKey.PARTNER:
        _open_fully(tenant)
    store(tenant)


def _open_fully(tenant: Tenant) -> None:
    """A partner who has a merchant's plan is a merchant: nothing of what it holds moves."""
    if tenant.partner_only:
        tenant.partner_only, tenant.kind = False, ""


def store(tenant: Tenant) -> None:
    """Keep the copy of a tenant whose row is locked, and have everybody see it."""
    names = ["entitlements", "entitled_until", "partner_only", "kind"]
    tenant.save(update_fields=names)
    lookup.forget(tenant)
    here = this_connection().tenant
    if isinstance(here, Tenant) and here.id == tenant.id:
        for name in names:  # this request, or task, sees it at once
            setattr(here, name, getattr(tenant, name))


def refresh_due(*, now: datetime) -> int:
    """Refresh every tenant whose copy holds no longer; returns how many there were."""
    due = Tenant.objects.filter(entitled_until__lte=now).order_by("entitled_until")
    ids = list(due.values_list("id", flat=True))
    for tenant_id in ids:
        try:
            refresh(tenant_id=tenant_id, now=now)
        except Exception:
            # The next look tries again, and those behind this one need not wait for it.
            logger.exception("the entitlements of %s are not refreshed", tenant_id)
    return len(ids)


def _copy(found: allowing.Entitlements, *, before: Tenant) -> dict[str, Any]:
    """`had` is every feature of any time; `near` is what `tenants.limits` has found since."""
    features = {feature.value for feature in found.features}
    return {
        "plan": found.plan,
        "features": sorted(features),
        "had": sorted(features | _had(before)),
        "limits": {limit.value: value for limit, value in found.limits.items()},
        "frozen": found.frozen,
        "near": before.entitlements.get("near", {}),
    }


def _had(before: Tenant) -> set[str]:
    if before.entitlements:
        return set(before.entitlements["had"])
    # It had no account, so it had everything, unless it was a partner or begins at this moment.
    if before.partner_only or before.state == TenantState.PROVISIONING:
        return set()
    return {feature.value for feature in Allowed}
