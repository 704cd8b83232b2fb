"""Links to a tenant's pages, from its stored domain and never from a Host header (R30)."""

from django.conf import settings

from tenants.models import Domain, Tenant

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin(tenant: Tenant) -> str:
    """`https://<primary domain>`, with the port where it is not the scheme's own."""
    domain = Domain.objects.filter(tenant=tenant, is_primary=True).values_list("domain", flat=True)
    return origin_of_host(domain.get())


def origin_of_host(host: str) -> str:
    """The origin of one of our hosts."""
    scheme, port = settings.PLATFORM_SCHEME, settings.PLATFORM_PORT
    suffix = "" if port in (0, _DEFAULT_PORTS[scheme]) else f":{port}"
    return f"{scheme}://{host}{suffix}"


def absolute_url(tenant: Tenant, path: str) -> str:
    """The full address of `path` (which starts with a slash) on the tenant's own host."""
    return origin(tenant) + path
