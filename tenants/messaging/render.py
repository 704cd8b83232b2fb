"""Writes an email: subject, text and HTML, in the reader's language and the merchant's colours.

Addresses come from what is stored about the tenant (R30); names are escaped in HTML and stay on
one line in headers (R34, R41).
"""

import re
import uuid
import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.html import escape

from kernel.money import Amount
from shell import brand, formats
from tenants.messaging import links
from tenants.messaging.kinds import KINDS
from tenants.messaging.links import Purpose
from tenants.messaging.models import Email
from tenants.models import Tenant

_FOLDER = "messaging/emails"
_DEFAULT_COLOR = "#0f6170"
# Spaces that French typography needs, and that Python calls unprintable.
_SPACES = "\u00a0\u202f"
# What a stored copy of an email shows in place of a token.
_TOKEN = re.compile(r"(/(?:espace/entrer|desabonnement)/)[\w-]{20,}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An email as it goes out; `unsubscribe_url` is empty where it is not marketing."""

    subject: str
    text: str
    html: str
    unsubscribe_url: str
    secret: str = ""

    def kept(self, text: str) -> str:
        """The copy of a part that is kept: what it shows opens nothing."""
        without = _TOKEN.sub(r"\1…", text)
        return without.replace(self.secret, "••• •••") if self.secret else without


def render(*, email: Email, tenant: Tenant) -> Rendered:
    """Write `email` for its reader; the connection is in the tenant's schema."""
    with translation.override(email.language), timezone.override(_zone(tenant)):
        values = _values(email, tenant)
        name = f"{_FOLDER}/{email.kind}"
        people = [str(values.get(who, "")) for who in ("referee", "referrer")]
        return Rendered(
            subject=formats.elided(one_line(_plain(f"{name}.subject.txt", values)), *people),
            text=formats.elided(_tidy(_plain(f"{name}.txt", values)), *people),
            html=formats.elided(
                get_template(f"{name}.html").render(values), *(escape(who) for who in people)
            ),
            unsubscribe_url=values["unsubscribe_url"],
            secret=values["code"] if email.kind == "space_link" else "",
        )


def one_line(text: str) -> str:
    """Text that fits into a header: no line break, no control character (R41)."""
    spaced = (char if char.isprintable() or char in _SPACES else " " for char in text)
    return re.sub(" +", " ", "".join(spaced)).strip(" ")


def _values(email: Email, tenant: Tenant) -> dict[str, Any]:
    context = email.context
    marketing = KINDS[email.kind].marketing
    values = {
        **context,
        "language": email.language,
        "tenant": tenant,
        "brand": _brand(tenant),
        "first_name": str(context.get("first_name", "")),
        "amount": _amount(context, "amount"),
        "minimum_order": _amount(context, "minimum_order"),
        "due_on": _day(context.get("due_at")),
        "marketing": marketing,
        "unsubscribe_url": (
            links.unsubscribe_url(tenant=tenant, email_id=email.id) if marketing else ""
        ),
    }
    if email.kind == "space_link":
        link_id = uuid.UUID(str(context["link"]))
        code = links.code_for(row_id=link_id)
        values["code"] = f"{code[:3]} {code[3:]}"
        values["space_url"] = links.space_url(tenant=tenant, purpose=Purpose.ASKED, row_id=link_id)
    elif email.profile_id is not None:
        values["space_url"] = links.space_url(tenant=tenant, purpose=Purpose.EMAIL, row_id=email.id)
    if email.kind in ("invitation", "cagnotte_opened"):
        values["referral_url"] = links.referral_url(
            tenant=tenant,
            code=str(context["code"]),
            channel="email" if email.kind == "invitation" else "link",
            invitation=str(context.get("invitation", "")),
        )
    return values


def _amount(context: dict[str, Any], name: str) -> str:
    """The amount of that name as it is read, or "" where there is none."""
    value = int(context.get(name) or 0)
    return formats.amount(Amount(value, context["unit"])) if value else ""


def _day(text: str | None) -> str:
    return formats.day(datetime.fromisoformat(text), long=True) if text else ""


def _brand(tenant: Tenant) -> dict[str, Any]:
    tokens = dict(tenant.brand_tokens or {})
    if not tokens.get("text_dark"):
        color = tenant.brand_color if brand.HEX.match(tenant.brand_color) else _DEFAULT_COLOR
        tokens = brand.compute(color).as_dict()
    # R34: only what is a colour reaches a style.
    return {k: v for k, v in tokens.items() if isinstance(v, str) and brand.HEX.match(v)}


def _plain(name: str, values: dict[str, Any]) -> str:
    template: Any = get_template(name)
    return str(template.template.render(Context(values, autoescape=False)))


def _tidy(text: str) -> str:
    """No blank lines in a row: what templates leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _zone(tenant: Tenant) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(tenant.timezone)
