"""The landing page of a link, written once for each code and kept a few seconds in memory.

A page differs between two visits by the click's id and the nonce only, so those are put into a
page that is there already: what a visit costs is its own INSERT. The kept pages name their
schema (R21), and a change of rules or names shows within KEPT_SECONDS.
"""

import functools
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from django.contrib.staticfiles import finders
from django.db import connection
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from kernel.money import Amount
from shell import formats
from shell.templatetags.shell import brand_style
from tenants.models import Tenant
from tenants.programme import versions
from tenants.referrals.models import ReferralCode
from widgets.links.destination import shop_url, with_referral

KEPT_SECONDS = 10
_LIMIT = 2_000
# Nobody who names themselves can write these: they are chosen when the process starts.
_NONCE = f"n{secrets.token_hex(12)}"
_CLICK = f"c{secrets.token_hex(12)}"
_kept: dict[tuple[str, str, str], tuple[float, "Page | None"]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Page:
    """One code's page with two holes, and the address that its button leads to."""

    html: str
    target: str

    def body(self, *, nonce: str, click: str) -> str:
        return self.html.replace(_NONCE, escape(nonce)).replace(_CLICK, click)

    def shop(self, *, click: str) -> str:
        """The shop's address with code and click; "" where the merchant has no shop yet."""
        return self.target.replace(_CLICK, click)


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
    context = frame(tenant) | {"shop_url": shop_url(tenant)}
    return render_to_string("space/unknown.html", context).replace(_NONCE, escape(nonce))


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
    target = with_referral(shop, code=code, click=_CLICK) if shop else ""
    context = frame(tenant) | {
        # The first name and nothing else: the page is open to whoever has the link.
        "referrer": row.profile.first_name,
        "code": code,
        "version": version if running else None,
        "target": target,
    }
    if version is not None and running:
        context |= {
            "amount": _amount(version.referee_amount, version.unit),
            "minimum_order": _amount(version.minimum_order, version.unit),
        }
    return Page(html=render_to_string("space/landing.html", context), target=target)


def frame(tenant: Tenant, *, nonce: str = _NONCE) -> dict[str, object]:
    """What `space/landing_base.html` needs."""
    request = SimpleNamespace(tenant=tenant, csp_nonce=nonce)
    return {
        "tenant": tenant,
        "language": get_language() or "fr",
        "nonce": nonce,
        "style": mark_safe(_style()),  # noqa: S308 - our own files
        "brand": brand_style(Context({"request": request})),
    }


@functools.cache
def _style() -> str:
    """The few rules of these pages, in the page itself: one answer paints it all."""
    tokens = finders.find("shell/css/tokens.css")
    own = Path(__file__).with_name("landing.css").read_text("utf-8")
    shared = Path(str(tokens)).read_text("utf-8") if tokens else ""
    return f"{shared}{own}"


def _amount(value: int, unit: str) -> str:
    return formats.amount(Amount(value, unit)) if value else ""
