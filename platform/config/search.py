"""What Ctrl K finds beside the menu's pages: settings, customers, orders (B18)."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import current_membership, has_role
from accounts.models import Role
from billing.plans import Allowed
from operations import winning
from operations.models import Operation, Win
from operations.words import pick
from partnerships import selectors as partnerships
from shell import formats
from shell.search import MAX_HITS, Hit, Provider
from shell.text import folded
from tenants.activity.models import Order
from tenants.features import Feature, Standing, is_shown, standing
from tenants.profiles.models import Profile
from tenants.programme import answering, listing


def providers(request: HttpRequest) -> list[Provider]:
    """Members find everything; nobody else finds anything."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or current_membership(request) is None:
        return []
    if tenant.partner_only:
        # The menu's pages are all there is; customers and orders have none here.
        return [_partners]
    return [_partners, _settings, _customers, _orders, _operations, _winners]


def _settings(request: HttpRequest, query: str) -> Iterable[Hit]:
    pages = (
        *_referral_pages(),
        *_modules_off(),
        *_plan_pages(),
        (_("Modules"), "programme:modules", "sliders"),
        (_("Boutique, script et marque"), "site:site", "window"),
        (_("Trackers : remontée des commandes"), "programme:incoming", "cart"),
        (_("Commandes refusées à l’entrée"), "programme:refused", "triangle"),
        (_("Séances"), "programme:sessions", "calendar"),
        (_("Factures"), "programme:invoices", "document"),
        (_("Types de séance"), "programme:session_types", "calendar"),
        (_("Opérations partenaires"), "operations:partner_operations", "rings"),
        (_("Gagnants et remise des lots"), "operations:all_winners", "gift"),
        (_("Calendrier des opérations"), "operations:calendar", "calendar"),
        (_("Données personnelles, prospects à effacer"), "programme:personal_data", "shield"),
        (_("Équipe"), "accounts:team", "users"),
        (_("Clés d’API"), "keys:list", "key"),
        *_owners_pages(request),
        (_("Mon compte"), "accounts:profile", "user"),
        (_("Ajouter un client"), "programme:add_customer", "plus"),
        (_("Mon code partenaire"), "partnerships:code", "key"),
    )
    for label, name, icon in pages:
        if folded(query) in folded(label):
            try:
                yield Hit(label, _("Page"), reverse(name), icon)
            except NoReverseMatch:
                continue


def _modules_off() -> list[tuple[str, str, str]]:
    """What is off is not there, but says where it is switched on."""
    return [
        (_("Activer le module %(name)s") % {"name": feature.label}, "programme:modules", "sliders")
        for feature in Feature
        if standing(feature) is Standing.OFF
    ]


def _referral_pages() -> list[tuple[str, str, str]]:
    """What is off is not found either (OF-07)."""
    if not is_shown(Feature.REFERRAL):
        return []
    return [
        (_("Programme de parrainage"), "programme:rules", "hops"),
        (_("Influenceurs et partenaires"), "programme:ambassadors", "star"),
        (_("Simuler un parrainage"), "programme:simulate", "hops"),
        (_("Parrainages à vérifier"), "programme:verifications", "shield"),
    ]


def _plan_pages() -> list[tuple[str, str, str]]:
    """Neither is what the plan does not hold."""
    found = []
    if is_shown(Allowed.WALLET):
        found.append((_("Demandes de lots"), "programme:claims", "gift"))
    if is_shown(Allowed.MAJOR):
        found.append((_("Ajouter un partenaire"), "partnerships:add", "plus"))
    return found


def _owners_pages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """What is for owners is not found by others."""
    if not has_role(request, Role.OWNER):
        return []
    return [
        (_("Abonnement"), "billing:subscription", "euro"),
        (_("Formules et prix"), "billing:plans", "euro"),
        (_("Factures de Ricochet"), "billing:invoices", "document"),
    ]


def _partners(request: HttpRequest, query: str) -> Iterable[Hit]:
    rows = partnerships.partnerships_of(tenant_id=request.tenant.id)  # type: ignore[attr-defined]
    found = rows.filter(partner__icontains=query.strip()).order_by("partner", "id")
    for row in found[:MAX_HITS]:
        yield Hit(
            row.partner,
            _("Partenaire"),
            reverse("partnerships:partner", args=[row.public_id]),
            "link",
        )


def _customers(request: HttpRequest, query: str) -> Iterable[Hit]:
    found = listing.find_customers(Profile.objects.all(), text=query)
    for profile in found.order_by("last_name", "first_name", "id")[:MAX_HITS]:
        url = reverse("programme:customer", args=[profile.public_id])
        yield Hit(profile.name, profile.email or profile.phone or _("Client"), url, "user")


def _orders(request: HttpRequest, query: str) -> Iterable[Hit]:
    found = answering.with_parts(Order.objects.all()).filter(external_id__istartswith=query.strip())
    rules = answering.rules()
    for order in found.order_by("-received_at", "-id")[:MAX_HITS]:
        amount = formats.money(order.amount, order.currency)
        told = answering.answer(order, rules=rules).sentence
        detail = f"{order.profile.name}, {amount}, {formats.day(order.ordered_at)}. {told}"
        url = reverse("programme:order", args=[order.public_id])
        yield Hit(_("Commande %(number)s") % {"number": order.external_id}, detail, url, "cart")


def _operations(request: HttpRequest, query: str) -> Iterable[Hit]:
    found = Operation.objects.filter(name__icontains=query.strip(), archived_at=None)
    for operation in found.order_by("-created_at", "-id")[:MAX_HITS]:
        url = reverse("operations:operation", args=[operation.public_id])
        yield Hit(operation.name, _("Opération"), url, "rings")


def _winners(request: HttpRequest, query: str) -> Iterable[Hit]:
    """Of a whole code alone: a name leads to the customer."""
    code = winning.as_code(query)
    if not winning.is_whole_code(code):
        return
    for win in Win.objects.filter(code=code).select_related("prize"):
        url = f"{reverse('operations:all_winners')}?{urlencode({'q': win.shown_code})}"
        yield Hit(pick(win.prize.name, get_language() or "fr"), _("Lot gagné"), url, "gift")
