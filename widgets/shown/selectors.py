"""What the script is to show on the shop, in words that are true under the rules in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from shell import brand, formats
from tenants.addresses import absolute_url
from tenants.models import Tenant
from tenants.programme import offers, promises, versions
from tenants.programme.models import ProgrammeVersion, Side
from widgets.models import ShopWidget, WidgetKind
from widgets.shown.bundle import current

SIDES = ("right", "left")


@dataclass(frozen=True, slots=True)
class Words:
    """What a shopper reads on the launcher; `side` is where it stands."""

    label: str
    title: str
    text: str
    action: str
    side: str = SIDES[0]


def stored(*, kind: WidgetKind) -> ShopWidget | None:
    """What the merchant set for this kind, if they ever did."""
    return ShopWidget.objects.filter(kind=kind).first()


def defaults(*, version: ProgrammeVersion | None, tenant: Tenant) -> Words:
    """The launcher's words where the merchant wrote none: they follow the rules."""
    gain = _gain(version, Side.REFERRER, tenant)
    friend = _gain(version, Side.REFEREE, tenant)
    if gain:
        label = _("Parrainez, gagnez %(amount)s") % {"amount": gain}
        title = _("Invitez un proche, gagnez %(amount)s") % {"amount": gain}
    else:
        label, title = _("Parrainez vos proches"), _("Invitez vos proches")
    if friend:
        text = _(
            "Partagez votre lien. Votre proche reçoit %(amount)s, et vous suivez tout dans votre"
            " cagnotte."
        ) % {"amount": friend}
    else:
        text = _("Partagez votre lien, et suivez tout dans votre cagnotte.")
    return Words(label=label, title=title, text=text, action=_("Ouvrir ma cagnotte"))


def shown(*, tenant: Tenant, now: datetime) -> list[dict[str, Any]]:
    """One entry for each widget that is on: its script, its integrity, and `show`, its data."""
    row = stored(kind=WidgetKind.LAUNCHER)
    version = versions.in_force(now=now) if row is not None and row.active else None
    if row is None or version is None or not versions.is_open(version):
        return []
    with translation.override(tenant.language):
        return [
            launcher_entry(
                version=version,
                tenant=tenant,
                typed=row.words,
                space_url=absolute_url(tenant, reverse("widgets:space")),
                rules_url=absolute_url(tenant, reverse("widgets:space_rules")),
            )
        ]


def launcher_entry(
    *,
    version: ProgrammeVersion,
    tenant: Tenant,
    space_url: str,
    rules_url: str,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The launcher as the shop's script is told of it; `typed` is what the merchant wrote."""
    show = _launcher(typed, version, tenant) | {"url": space_url, "rules_url": rules_url}
    return _entry(WidgetKind.LAUNCHER, show)


def _entry(kind: WidgetKind, show: dict[str, Any]) -> dict[str, Any]:
    bundle = current(kind)
    address = reverse("widgets:shown_script", kwargs={"kind": kind.value, "digest": bundle.digest})
    return {"src": address, "integrity": bundle.integrity, "show": {"kind": kind.value, **show}}


def _launcher(
    typed: Mapping[str, str], version: ProgrammeVersion, tenant: Tenant
) -> dict[str, Any]:
    base = defaults(version=version, tenant=tenant)
    tokens = tenant.brand_tokens or brand.compute(tenant.brand_color).as_dict()
    words = {
        name: typed.get(name) or getattr(base, name)
        for name in ("label", "title", "text", "action")
    }
    return {
        **words,
        "side": typed.get("side") or base.side,
        "lang": tenant.language,
        "initials": formats.initials(tenant.name),
        "rules": _("Les règles du parrainage"),
        "close": _("Fermer"),
        "made": _("Proposé avec"),
        "colors": {
            name: str(tokens.get(name, ""))
            for name in ("brand", "brand_ink", "text_light", "text_dark")
        },
    }


def _gain(version: ProgrammeVersion | None, side: Side, tenant: Tenant) -> str:
    if version is None:
        return ""
    trigger = promises.main_trigger(version)
    return offers.offer(version, side=side, trigger=trigger, currency=tenant.currency)
