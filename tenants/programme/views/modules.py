"""Modules: what the merchant switches on and off."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from billing.plans import SUBSCRIPTION, Allowed, first_with
from shell import formats
from tenants import entitlements, features
from tenants.context import current_tenant
from tenants.features import Feature, PlanRequiredError, Standing
from tenants.loyalty.models import Earning
from tenants.messaging.models import Email
from tenants.referrals.models import OPEN_STATES, Referral
from tenants.rewards.models import Award


@dataclass(frozen=True, slots=True)
class Words:
    """What a module does, and what becomes of it while it is off."""

    icon: str
    text: str | Promise
    off: str | Promise


_WORDS = {
    Feature.REFERRAL: Words(
        "hops",
        gettext_lazy(
            "Vos clients invitent leurs proches : codes, liens, invitations, et une récompense"
            " pour chacun."
        ),
        gettext_lazy(
            "S’il est éteint, les codes ne donnent plus rien ; ce qui est promis reste dû."
        ),
    ),
    Feature.LOYALTY: Words(
        "star",
        gettext_lazy("Chaque achat, facture ou séance validée remplit la cagnotte de vos clients."),
        gettext_lazy(
            "S’il est éteint, plus rien ne s’ajoute ; les points gagnés restent utilisables."
        ),
    ),
    Feature.TIERS: Words(
        "gift",
        gettext_lazy("Des récompenses qui se débloquent d’elles-mêmes à un nombre de points."),
        gettext_lazy(
            "S’il est éteint, aucun palier ne se débloque ; ce qui est attribué reste valable."
        ),
    ),
    Feature.CAMPAIGNS: Words(
        "mail",
        gettext_lazy("Des relances automatiques et des campagnes, à ceux qui veulent les lire."),
        gettext_lazy(
            "S’il est éteint, rien ne part plus ; les textes et les résultats sont conservés."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Module:
    """One module as the page shows it."""

    feature: Feature
    words: Words
    on: bool
    holds: str
    # From which plan it is, where the merchant's own does not hold it; and whether it rests.
    plan: str = ""
    frozen: bool = False


@require_safe
@member_required()
def modules(request: HttpRequest) -> HttpResponse:
    """Every module with its switch, what it does and what it holds."""
    context = {
        "modules": [_module(feature) for feature in Feature],
        "is_owner": has_role(request, Role.OWNER),
        "subscription": SUBSCRIPTION,
    }
    return render(request, "programme/modules.html", context)


def _module(feature: Feature) -> Module:
    stands = features.standing(feature)
    beyond = not entitlements.holds(current_tenant(), Allowed(feature.value))
    return Module(
        feature,
        _WORDS[feature],
        stands is Standing.ON,
        _holds(feature),
        plan=str(first_with(Allowed(feature.value)).name) if beyond else "",
        frozen=stands is Standing.FROZEN,
    )


@require_POST
@member_required(role=Role.OWNER)
def switch(request: HttpRequest, module: str) -> HttpResponse:
    """Switch one module on or off, at once: nothing is lost, and the same switch undoes it."""
    if module not in Feature.values:
        raise Http404
    feature = Feature(module)
    wanted = request.POST.get("on") == "1"
    tenant_id = current_tenant().id
    if wanted:
        try:
            features.switch(tenant_id=tenant_id, on=[feature])
        except PlanRequiredError as error:
            messages.error(request, error.said)
            return redirect("programme:modules")
        messages.success(request, _("%(module)s : activé") % {"module": feature.label})
    else:
        features.switch(tenant_id=tenant_id, off=[feature])
        messages.success(request, _("%(module)s : éteint") % {"module": feature.label})
    return redirect("programme:modules")


def _holds(feature: Feature) -> str:
    """What would be put to sleep, in one sentence; "" where there is nothing yet."""
    if feature == Feature.REFERRAL:
        count = Referral.objects.filter(state__in=OPEN_STATES).count()
        words = ngettext("%(n)s parrainage compte", "%(n)s parrainages comptent", count)
    elif feature == Feature.LOYALTY:
        count = Earning.objects.count()
        words = ngettext("%(n)s gain enregistré", "%(n)s gains enregistrés", count)
    elif feature == Feature.TIERS:
        count = Award.objects.count()
        words = ngettext("%(n)s récompense attribuée", "%(n)s récompenses attribuées", count)
    else:
        count = Email.objects.filter(kind__startswith="campaign:").count()
        words = ngettext("%(n)s message de campagne", "%(n)s messages de campagne", count)
    return words % {"n": formats.number(count)} if count else ""
