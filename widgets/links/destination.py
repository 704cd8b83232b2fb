"""Where a referral link leads: the merchant's own shop and nowhere else (R31)."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tenants.models import Tenant
from widgets.models import Site


def shop_url(tenant: Tenant) -> str:
    """The merchant's shop, or "" where none was given yet. Nothing of a request is looked at."""
    if is_web_address(tenant.site_url):
        return tenant.site_url
    site = Site.objects.first()
    return site.origin if site is not None else ""


def site_addresses() -> list[str]:
    """The sites that carry the merchant's script: where links of emails may lead as well."""
    return list(Site.objects.values_list("origin", flat=True))


def is_web_address(url: str) -> bool:
    """Whether a link may point there: http or https, with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def with_referral(url: str, *, code: str, click: str, sign: str = "") -> str:
    """`url` with `ref`, `rc` and `rs`, by which the shop knows the visit (`referrals.signed`)."""
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query) if k not in ("ref", "rc", "rs")]
    query.append(("ref", code))
    if click:
        query.append(("rc", click))
    if click and sign:
        query.append(("rs", sign))
    return urlunsplit(parts._replace(path=parts.path or "/", query=urlencode(query)))
