"""Writing what a merchant says of itself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError, InvalidInputError
from partnerships.telling import have_renamed
from shell import brand
from tenants.lookup import forget
from tenants.models import Tenant
from widgets.models import Site
from widgets.tracker import selectors
from widgets.tracker.services import register_site
from widgets.tracker.services import remove_site as take_away

MOST = 20


class TooManyAddressesError(InvalidInputError):
    """A brand has a handful of sites; more is a mistake, or somebody else's use of it."""

    code = "too_many_addresses"
    words = _("Vingt adresses sont autorisées au plus. Retirez-en une d’abord.")


class MainAddressError(ConflictError):
    """The brand's own address is changed where it is typed, not taken off the list."""

    code = "main_address"
    words = _("Cette adresse est celle de votre site : changez-la dans le formulaire du haut.")


@transaction.atomic
def save_site(
    *,
    tenant: Tenant,
    name: str,
    site_url: str,
    color: str,
    now: datetime,
    public_email: str = "",
    policy_url: str = "",
    legal_notice: str | None = None,
    kind: str | None = None,
) -> list[str]:
    """Keep name, shop, colour and public e-mail; returns what the brand guard adjusted, in words.

    Without `kind` or `legal_notice` these stay as they are. The shop's site gets its public key.
    Raises InvalidOriginError for an address that no browser would send.
    """
    if site_url:
        register_site(url=site_url, now=now)
    tokens = brand.compute(color)
    row = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if (row.name, row.policy_url) != (name, policy_url):
        have_renamed(tenant_id=row.pk, now=now)
    row.name, row.site_url, row.public_email = name, site_url, public_email
    row.policy_url = policy_url
    row.kind = row.kind if kind is None else kind
    row.legal_notice = row.legal_notice if legal_notice is None else legal_notice
    row.brand_color, row.brand_tokens = color, tokens.as_dict()
    changed = ["name", "kind", "site_url", "public_email", "policy_url", "legal_notice"]
    row.save(update_fields=[*changed, "brand_color", "brand_tokens"])
    forget(row)
    return brand.remarks(tokens.adjusted)


@transaction.atomic
def add_address(*, url: str, now: datetime) -> Site:
    """Allow one more address; one that is allowed already stays as it is.

    Raises InvalidOriginError for what no browser would send, or TooManyAddressesError.
    """
    site = register_site(url=url, now=now)
    if Site.objects.count() > MOST:
        raise TooManyAddressesError(param="address")
    return site


def remove_address(*, tenant: Tenant, site: Site, now: datetime) -> None:
    """Refuse an address from now on. Raises MainAddressError for the brand's own."""
    if selectors.is_main(tenant=tenant, site=site):
        raise MainAddressError
    take_away(site=site, now=now)
