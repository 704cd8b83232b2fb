"""The values of one email: what its context holds, as its reader reads it, and its own links."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.tokens import token_for
from kernel.money import Amount
from shell import formats
from tenants.addresses import absolute_url
from tenants.messaging import links
from tenants.messaging.catalogue.shapes import Kind, Shape, Value
from tenants.messaging.catalogue.values import values_of
from tenants.messaging.links import Purpose
from tenants.messaging.models import Email
from tenants.messaging.writing.liquid import Code
from tenants.models import Tenant

# Values that are addresses, of which each reader has their own.
OWN_LINKS = ("space_url", "referral_url")


def fill_values(*, email: Email, kind: Kind, tenant: Tenant) -> dict[str, Any]:
    """Every value of the kind by name; None where this email has none: a condition asks."""
    context = email.context
    values: dict[str, Any] = {
        value.name: _shown(value, context)
        for value in values_of(kind)
        if value.shape is not Shape.MADE
    }
    first_name = str(context.get("first_name") or "")
    values["merchant"] = tenant.name
    values["shop_url"] = tenant.site_url or absolute_url(tenant, "/")
    values["greeting"] = (
        _("Bonjour %(first_name)s,") % {"first_name": first_name} if first_name else _("Bonjour,")
    )
    values["space_url"] = _space_url(email, tenant)
    values["referral_url"] = _referral_url(email, kind, tenant)
    if "path" in context:
        values["office_url"] = absolute_url(tenant, _path(context))
    for name in ("choices", "result", "proof"):
        if f"{name}_path" in context:
            values[f"{name}_url"] = absolute_url(tenant, str(context[f"{name}_path"]))
    if "for_referrer" in kind.values:
        values["for_referrer"] = context.get("side") == "referrer"
    if "link" in context and kind.asked:
        code = links.code_for(row_id=uuid.UUID(str(context["link"])))
        values["code"] = Code(f"{code[:3]} {code[3:]}")
    return values


def _path(context: Mapping[str, Any]) -> str:
    """The page's path. A token in it is worked out here: no row of ours holds one (R24)."""
    path = str(context["path"])
    if "token_of" in context:
        row_id, version = uuid.UUID(str(context["token_of"])), int(context["token_version"])
        path = path.replace("{token}", token_for(row_id, version))
    return path


def _shown(value: Value, context: Mapping[str, Any]) -> Any:
    raw = context.get(value.source or value.name)
    if value.shape is Shape.FLAG:
        return bool(raw)
    if raw is None or raw == "":
        return None
    if value.shape is Shape.AMOUNT:
        # A minimum in euros beside a reward in points: each may name its own unit.
        unit = context.get(f"{value.name}_unit") or context["unit"]
        return formats.amount(Amount(int(raw), unit)) if int(raw) else None
    if value.shape is Shape.DAY:
        return formats.day(datetime.fromisoformat(str(raw)), long=True)
    if value.shape is Shape.NUMBER:
        return formats.number(int(raw))
    return Code(raw) if value.shape is Shape.CODE else str(raw)


def _space_url(email: Email, tenant: Tenant) -> str | None:
    link = email.context.get("link")
    if link:
        return links.space_url(tenant=tenant, purpose=Purpose.ASKED, row_id=uuid.UUID(str(link)))
    if email.profile_id is None and not (email._state.adding or email.is_test):
        return None
    # A preview and a test open nothing: there is no row or nobody behind their links.
    return links.space_url(tenant=tenant, purpose=Purpose.EMAIL, row_id=email.id)


def _referral_url(email: Email, kind: Kind, tenant: Tenant) -> str | None:
    code = email.context.get("code")
    if not code or "referral_url" not in (*kind.values, kind.target):
        return None
    invitation = str(email.context.get("invitation") or "")
    return links.referral_url(
        tenant=tenant,
        code=str(code),
        channel="email" if invitation or kind.marketing else "link",
        invitation=invitation,
    )
