"""The menu of a partner who is no merchant: what is theirs, and nothing greyed out."""

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships import selectors
from shell import formats
from shell.menu import MenuGroup, MenuItem
from tenants.models import Tenant
from tenants.profiles.models import Profile


def build(request: HttpRequest, tenant: Tenant) -> list[MenuGroup]:
    """Operations, widgets and exports; the brand's own; and at the foot, what is shared."""
    waiting = selectors.to_answer(tenant_id=tenant.id)
    return [
        MenuGroup(
            [
                MenuItem(_("Opérations"), "operations:received", "rings", phone=True),
                MenuItem(_("Widgets"), "display:list", "window", phone=True),
                MenuItem(_("Exports"), "operations:exports", "download", phone=True),
                MenuItem(_("Partenariats"), "partnerships:list", "link", count=waiting, phone=True),
            ]
        ),
        MenuGroup(
            [
                MenuItem(_("Équipe"), "accounts:team", "users"),
                MenuItem(_("Réglages"), "partnerships:settings", "sliders"),
            ],
            label=_("Marque"),
        ),
        MenuGroup(note=_note(tenant), foot=True),
    ]


def _note(tenant: Tenant) -> str:
    """Who shares operations with this brand, and that nothing of its own is shared."""
    majors = selectors.majors_of(tenant_id=tenant.id)
    # Whoever has no data yet would wonder which: it is said once there is some.
    holds = Profile.objects.exists()
    if not majors:
        return gettext("Vos données restent chez vous.") if holds else ""
    shown = format_html(
        gettext("Vous voyez ici les opérations partagées par {}."),
        format_html("<b>{}</b>", formats.join(majors)),
    )
    return shown + format_html(
        " {}", gettext("Vos autres données restent chez vous.") if holds else ""
    )
