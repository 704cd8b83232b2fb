"""Which tenant the current thread works for, and how to enter one."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context as _django_tenants_context

from kernel.errors import NotFoundError
from tenants.database.current import this_connection
from tenants.models import Tenant, TenantState


class UnknownTenantError(NotFoundError):
    """There is no active tenant of this id."""

    code = "unknown_tenant"


class NoTenantError(RuntimeError):
    """Code that belongs to a merchant ran outside one: a programming error, never served."""


def current_tenant() -> Tenant:
    """The tenant of this thread; raises NoTenantError in the public schema."""
    tenant = this_connection().tenant
    if not isinstance(tenant, Tenant) or tenant.is_public:
        raise NoTenantError("no tenant is set on this connection")
    return tenant


@contextmanager
def enter(tenant: Tenant) -> Iterator[Tenant]:
    """Work inside one tenant's schema, then go back to where the caller was."""
    with _django_tenants_context(tenant):
        yield tenant


@contextmanager
def enter_by_id(tenant_id: uuid.UUID | str) -> Iterator[Tenant]:
    """Enter an active tenant; raises UnknownTenantError for any other (R20).

    The state is read from the database, not from a cache: what was suspended stays outside.
    """
    try:
        tenant = Tenant.objects.filter(id=tenant_id, state=TenantState.ACTIVE).first()
    except (ValidationError, ValueError, TypeError):
        tenant = None
    if tenant is None:
        raise UnknownTenantError
    with enter(tenant):
        yield tenant
