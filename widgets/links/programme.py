"""`/programme`: how the merchant's programme works, for whoever asks at checkout (SO-08).

No script and no session: the same page for everybody, in the merchant's brand.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from kernel.money import Amount
from shell import formats
from tenants.features import Feature, is_on
from tenants.loyalty import versions as loyalty
from tenants.loyalty.models import LoyaltyVersion, MembershipMode
from tenants.models import Tenant
from tenants.programme import explanation
from tenants.programme.loyalty_sentences import ratio
from widgets.links import landing
from widgets.links.destination import shop_url


@require_safe
def programme(request: HttpRequest) -> HttpResponse:
    """The merchant's words first, then what the rules in force say."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
    on = is_on(Feature.LOYALTY, tenant=tenant)
    text = explanation.read() if on else ""
    context = landing.frame(tenant, nonce=nonce) | {
        "off": not on,
        "text": explanation.as_html(text) if text else "",
        "facts": facts(tenant=tenant, now=timezone.now()),
        "shop_url": shop_url(tenant),
    }
    response = render(request, "space/programme.html", context, status=200 if on else 404)
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Accept-Language",))
    return response


def facts(*, tenant: Tenant, now: datetime) -> dict[str, Any]:
    """What the earning rules say, ready to be read; empty while loyalty is off."""
    version = loyalty.in_force(now=now) if is_on(Feature.LOYALTY, tenant=tenant) else None
    if version is None or not version.active:
        return {}
    return {
        "ratio": ratio(version) if version.payments_on else "",
        "money": version.unit == tenant.currency,
        "joining": version.membership == MembershipMode.JOINED,
        "usable": version.checkout_on,
        "worth": _worth(version, tenant),
        "minimum": _money(version.minimum_order, tenant) if version.minimum_order else "",
        "most": formats.amount(Amount(version.most_points, version.unit))
        if version.most_points
        else "",
        "months": version.expiry_months,
    }


def _worth(version: LoyaltyVersion, tenant: Tenant) -> str:
    """What a hundred points save; "" where the cagnotte holds money anyway."""
    if version.unit == tenant.currency:
        return ""
    return _money(int(100 * version.point_value), tenant)


def _money(cents: int, tenant: Tenant) -> str:
    return formats.money(cents, tenant.currency)
