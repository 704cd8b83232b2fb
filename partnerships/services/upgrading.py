"""A limited partner becomes a full merchant: it tries a plan, and nothing it holds moves."""

import uuid
from datetime import datetime

from billing.plans import Interval
from billing.services.accounts import start_trial
from kernel.db import atomic_with_retry
from partnerships.errors import NotLimitedError
from tenants.models import Tenant


@atomic_with_retry
def become_full(
    *, tenant_id: uuid.UUID, plan: str, interval: Interval | None = None, now: datetime
) -> Tenant:
    """Open the plan to a partner, on trial. Its schema has been a merchant's from the first day:
    what it received, its widgets, its team and its addresses stay.

    Raises NotLimitedError, UnknownPlanError, TrialUsedError.
    """
    tenant = Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
    if not tenant.partner_only:
        raise NotLimitedError
    start_trial(tenant_id=tenant_id, plan=plan, interval=interval, now=now)
    tenant.refresh_from_db()
    return tenant
