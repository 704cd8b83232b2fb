"""Writing what a merchant says of itself."""

from datetime import datetime

from django.db import transaction

from shell import brand
from tenants.lookup import forget
from tenants.models import Tenant
from widgets.tracker.services import register_site


@transaction.atomic
def save_site(
    *, tenant: Tenant, name: str, kind: str, site_url: str, color: str, now: datetime
) -> list[str]:
    """Keep name, shop and colour; returns what the brand guard adjusted, in words.

    The shop's site gets its public key. Raises InvalidOriginError for an address that no browser
    would send.
    """
    if site_url:
        register_site(url=site_url, now=now)
    tokens = brand.compute(color)
    row = Tenant.objects.select_for_update().get(pk=tenant.pk)
    row.name, row.kind, row.site_url = name, kind, site_url
    row.brand_color, row.brand_tokens = color, tokens.as_dict()
    row.save(update_fields=["name", "kind", "site_url", "brand_color", "brand_tokens"])
    forget(row)
    return brand.remarks(tokens.adjusted)
