"""A limited partner becomes a full merchant: one column, and nothing moves."""

import uuid

from django.db import transaction

from partnerships.errors import NotLimitedError
from tenants import lookup
from tenants.database.current import this_connection
from tenants.models import Tenant


@transaction.atomic
def become_full(*, tenant_id: uuid.UUID) -> Tenant:
    """Open the whole product to a partner. Its schema has been a merchant's from the first day:
    what it received, its widgets, its team and its addresses stay. Raises NotLimitedError.
    """
    tenant = Tenant.objects.select_for_update().get(id=tenant_id)
    if not tenant.partner_only:
        raise NotLimitedError
    tenant.partner_only, tenant.kind = False, ""
    tenant.save(update_fields=["partner_only", "kind"])
    lookup.forget(tenant)
    here = this_connection().tenant
    if isinstance(here, Tenant) and here.id == tenant.id:
        here.partner_only, here.kind = False, ""
    return tenant
