"""Where the console works inside one merchant: the one place, one merchant at a time."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tenants.context import enter_by_id
from tenants.models import Tenant


@contextmanager
def inside(tenant_id: uuid.UUID) -> Iterator[Tenant]:
    """Work in an active merchant's schema, from the public one; UnknownTenantError for any other.

    What is done for a merchant that is suspended waits until it is opened again (R20).
    """
    with enter_by_id(tenant_id) as tenant:
        yield tenant
