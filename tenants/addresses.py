"""Links to a tenant's pages, from its stored domain and never from a Host header (R30)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from kernel.db import prepared_cursor
from tenants.models import Domain, Tenant

_DEFAULT_PORTS = {"http": 80, "https": 443}


# Asked for every email.
_PRIMARY = "SELECT domain FROM tenants_domain WHERE tenant_id = %s AND is_primary"


_known: ContextVar[dict[uuid.UUID, str] | None] = ContextVar("known_origins", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """In this block each tenant's origin is looked up once: for one letter with several links."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def origin(tenant: Tenant) -> str:
    """`https://<primary domain>`, with the port where it is not the scheme's own."""
    known = _known.get()
    if known is None:
        return _origin(tenant)
    if tenant.id not in known:
        known[tenant.id] = _origin(tenant)
    return known[tenant.id]


def _origin(tenant: Tenant) -> str:
    with prepared_cursor() as cursor:
        cursor.execute(_PRIMARY, [tenant.id])
        found = cursor.fetchone()
    if found is None:
        raise Domain.DoesNotExist(f"{tenant.schema_name} has no address")
    return origin_of_host(found[0])


def origin_of_host(host: str) -> str:
    """The origin of one of our hosts."""
    scheme, port = settings.PLATFORM_SCHEME, settings.PLATFORM_PORT
    suffix = "" if port in (0, _DEFAULT_PORTS[scheme]) else f":{port}"
    return f"{scheme}://{host}{suffix}"


def absolute_url(tenant: Tenant, path: str) -> str:
    """The full address of `path` (which starts with a slash) on the tenant's own host."""
    return origin(tenant) + path
