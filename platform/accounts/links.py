"""Addresses of tenants, from what is stored about them and never from a request (R30)."""

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from django_tenants.utils import get_tenant_domain_model, get_tenant_model


def tenant_of(tenant_id: uuid.UUID) -> Any:
    """The tenant's row (its model lives a floor above, and is named by the settings), or None."""
    return get_tenant_model().objects.filter(id=tenant_id).first()


def primary_host(tenant_id: uuid.UUID) -> str:
    """The host name that links to this tenant use; raises DoesNotExist when it has none."""
    domain = get_tenant_domain_model().objects.get(tenant_id=tenant_id, is_primary=True)
    return str(domain.domain)


def origin_of(host: str) -> str:
    """`https://host`, with the port when browsers need one."""
    port = f":{settings.PLATFORM_PORT}" if settings.PLATFORM_PORT else ""
    return f"{settings.PLATFORM_SCHEME}://{host}{port}"


def tenant_url(tenant_id: uuid.UUID, name: str, *args: Any) -> str:
    """The full address of a named page on the tenant's primary host."""
    path = reverse(name, urlconf=settings.ROOT_URLCONF, args=args)
    return f"{origin_of(primary_host(tenant_id))}{path}"
