"""The landing page of a link, written once for each code and kept a few seconds in memory.

A page differs between two visits by the click's id and the nonce only, so those are put into a
page that is there already: what a visit costs is its own INSERT. The kept pages name their
schema (R21), and a change of rules or names shows within KEPT_SECONDS.
"""

import secrets
import threading
import time
from dataclasses import dataclass
from types import SimpleNamespace

from django.db import connection
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from kernel.money import Amount
from shell import formats
from shell.light import light_style
from shell.templatetags.shell import brand_style
from tenants.models import Tenant
from tenants.programme import checklist, coupons, offers, promises, versions
from tenants.programme.models import ProgrammeVersion, Side
from tenants.referrals.models import ReferralCode
from tenants.referrals.signed import signature
from tenants.rewards.models import Award
from widgets.links.destination import shop_url, with_referral

KEPT_SECONDS = 10
_LIMIT = 2_000
# Nobody who names themselves can write these: they are chosen when the process starts.
_NONCE = f"n{secrets.token_hex(12)}"
_CLICK = f"c{secrets.token_hex(12)}"
_SIGN = f"s{secrets.token_hex(12)}"
_COUPON = f"k{secrets.token_hex(12)}"
_kept: dict[tuple[str, str, str], tuple[float, "Page | None"]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Page:
    """One code's page with its holes, and the address that its button leads to."""

    code: str
    html: str
    target: str

    def body(self, *, nonce: str, click: str, coupon: Award | None = None) -> str:
        """The page; with the coupon of an invitation where the link is that of its email."""
        html = self.html.replace(_NONCE, escape(nonce)).replace(_COUPON, _coupon_card(coupon))
        return html.replace(_CLICK, click).replace(_SIGN, self._sign(click))

    def shop(self, *, click: str) -> str:
        """The shop's address with code and click; "" where the merchant has no shop yet."""
        return self.target.replace(_CLICK, click).replace(_SIGN, self._sign(click))

    def _sign(self, click: str) -> str:
        return signature(code=self.code, click=click) if click else ""


def page_for(*, code: str, tenant: Tenant) -> Page | None:
    """The page of a code (as stored), or None for an unknown one."""
    key = (str(connection.schema_name), code, get_language() or "fr")  # type: ignore[attr-defined]
    found = _kept.get(key)
    if found is not None and found[0] > time.monotonic():
        return found[1]
    page = _write(code, tenant)
    with _lock:
        if len(_kept) >= _LIMIT:
            _kept.clear()
        _kept[key] = (time.monotonic() + KEPT_SECONDS, page)
    return page


def unknown(*, tenant: Tenant, nonce: str) -> str:
    """The page of every code that does not lead anywhere: it still leads to the shop."""
    context = frame(tenant) | _whereabouts(tenant)
    return render_to_string("space/unknown.html", context).replace(_NONCE, escape(nonce))


def switched_off(*, tenant: Tenant, nonce: str) -> str:
    """The page of every link while the merchant refers nobody: it still leads to the shop."""
    context = frame(tenant) | _whereabouts(tenant)
    return render_to_string("space/link_off.html", context).replace(_NONCE, escape(nonce))


def _whereabouts(tenant: Tenant) -> dict[str, object]:
    """Where the shop is; where nobody said, whether there is one online at all."""
    url = shop_url(tenant)
    return {"shop_url": url, "online": bool(url) or checklist.has_shop()}


def forget_pages() -> None:
    """Write every page anew from now on (for tests)."""
    _kept.clear()


def _write(code: str, tenant: Tenant) -> Page | None:
    row = ReferralCode.objects.select_related("profile").filter(code=code).first()
    if row is None:
        return None
    version = versions.in_force(now=timezone.now())
    running = version is not None and version.active
    shop = shop_url(tenant)
    target = with_referral(shop, code=code, click=_CLICK, sign=_SIGN) if shop else ""
    context = frame(tenant) | {
        # The first name and nothing else: the page is open to whoever has the link.
        "referrer": row.profile.first_name,
        "code": code,
        "version": version if running else None,
        "target": target,
        **_whereabouts(tenant),
    }
    if version is not None and running:
        context |= _promised(version, tenant)
    html = render_to_string("space/landing.html", context)
    return Page(code=code, html=html, target=target)


def _promised(version: ProgrammeVersion, tenant: Tenant) -> dict[str, object]:
    """What the page says of the rules, and the hole where an invitation's own coupon goes."""
    trigger = promises.main_trigger(version)
    rule = coupons.rule_of(version)
    return {
        "promise": offers.welcome(version, currency=tenant.currency),
        "amount": offers.offer(
            version, side=Side.REFEREE, trigger=trigger, currency=tenant.currency
        ),
        "in_wallet": bool(promises.amount(version, side=Side.REFEREE, trigger=trigger)),
        "minimum_order": _amount(version.minimum_order, tenant.currency),
        "coupon_rule": rule,
        "coupon": mark_safe(_COUPON),  # noqa: S308 - a hole of our own
    }


def _coupon_card(coupon: Award | None) -> str:
    if coupon is None:
        return ""
    return render_to_string("space/landing_coupon.html", {"coupon": coupon})


def frame(tenant: Tenant, *, nonce: str = _NONCE) -> dict[str, object]:
    """What `space/landing_base.html` needs."""
    request = SimpleNamespace(tenant=tenant, csp_nonce=nonce)
    return {
        "tenant": tenant,
        "language": get_language() or "fr",
        "nonce": nonce,
        "style": mark_safe(light_style()),  # noqa: S308 - our own files
        "brand": brand_style(Context({"request": request})),
    }


def _amount(value: int, unit: str) -> str:
    return formats.amount(Amount(value, unit)) if value else ""
