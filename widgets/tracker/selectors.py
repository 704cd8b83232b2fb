"""Reads about a merchant's sites."""

from kernel.ids import parse_public_id
from tenants.models import Tenant
from widgets.models import Site
from widgets.tracker.origins import InvalidOriginError, origin_of


def sites() -> list[Site]:
    """The merchant's sites, oldest first; `last_seen_at` tells whether the script is in place."""
    return list(Site.objects.all())


def allowed(*, tenant: Tenant) -> list[Site]:
    """The sites whose pages are answered: as `origin_is_allowed` says.

    A partner's own address, given by whoever invited it, has no key yet and is allowed all the
    same: it comes first, unsaved.
    """
    rows = sites()
    try:
        own = origin_of(tenant.site_url) if tenant.site_url else ""
    except InvalidOriginError:
        own = ""
    if own and all(row.origin != own for row in rows):
        rows.insert(0, Site(origin=own))
    return rows


def site(*, public_id: str) -> Site | None:
    """The site that an address names, of this merchant's own (R23)."""
    number = parse_public_id("sit", public_id)
    return Site.objects.filter(id=number).first() if number else None


def is_main(*, tenant: Tenant, site: Site) -> bool:
    """Whether this is the address that the merchant gives as its own."""
    try:
        return bool(tenant.site_url) and origin_of(tenant.site_url) == site.origin
    except InvalidOriginError:
        return False


def key_exists(*, public_key: str) -> bool:
    """Whether this public key belongs to one of the merchant's sites, or did."""
    return Site.everyone.filter(public_key=public_key).exists()


def origin_is_allowed(*, tenant: Tenant, origin: str) -> bool:
    """Whether pages of `origin` may report: the merchant's shop, or a site they added."""
    try:
        # As the browser wrote it, or not at all: "null", a path or another case is nobody's.
        if origin_of(origin) != origin:
            return False
        if tenant.site_url and origin_of(tenant.site_url) == origin:
            return True
    except InvalidOriginError:
        return False
    return Site.objects.filter(origin=origin).exists()
