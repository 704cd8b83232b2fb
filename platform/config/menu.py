"""The menu of a back office: what exists, and how much work waits."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import current_membership
from billing.plans import Allowed
from config import menu_partner
from partnerships import selectors as partnerships
from shell.menu import MenuGroup, MenuItem
from tenants.features import Asked, Feature, is_shown
from tenants.programme.waiting import waiting


def build(request: HttpRequest) -> list[MenuGroup]:
    """The groups for this person; nothing for somebody who is not a member here."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or current_membership(request) is None:
        return []
    if tenant.partner_only:
        return menu_partner.build(request, tenant)
    work = waiting(now=timezone.now()).total
    return [
        MenuGroup(
            [
                MenuItem(_("Accueil"), "programme:home", "home", phone=True),
                MenuItem(_("À traiter"), "programme:todo", "inbox", count=work, phone=True),
                MenuItem(_("Clients"), "programme:customers", "users", phone=True),
                MenuItem(_("Commandes"), "programme:orders", "cart"),
            ]
        ),
        MenuGroup(
            [
                *_of(Feature.REFERRAL, MenuItem(_("Parrainage"), "programme:referrals", "hops")),
                *_of(Feature.LOYALTY, MenuItem(_("Fidélité"), "programme:loyalty", "star")),
                *_of(Allowed.WALLET, MenuItem(_("Récompenses"), "programme:prizes", "gift")),
            ],
            label=_("Programmes"),
        ),
        MenuGroup(
            [
                MenuItem(_("Opérations"), "operations:operations", "rings", phone=True),
                MenuItem(
                    _("Partenariats"),
                    "partnerships:list",
                    "link",
                    count=partnerships.to_answer(tenant_id=tenant.id),
                ),
                MenuItem(_("Widgets"), "display:list", "window"),
                MenuItem(_("Messages"), "messaging:kinds", "mail"),
                *_of(
                    Feature.CAMPAIGNS, MenuItem(_("Campagnes"), "programme:campaigns", "document")
                ),
            ],
            label=_("Diffusion"),
        ),
        MenuGroup([MenuItem(_("Réglages"), "programme:settings", "sliders")], foot=True),
    ]


def _of(asked: Asked, *items: MenuItem) -> list[MenuItem]:
    """The entries of a module, where it is on, or frozen and there to be read."""
    return list(items) if is_shown(asked) else []
