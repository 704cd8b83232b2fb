"""What stands in place of a page that is off, that a plan does not hold, or that is frozen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import has_role
from accounts.models import Role
from billing.plans import SUBSCRIPTION, Allowed, first_with
from shell import banners
from shell.banners import Banner
from tenants import entitlements
from tenants.features import Asked, Standing, assumed, plan_words, standing

SAFE = ("GET", "HEAD", "OPTIONS")


def instead(
    request: HttpRequest,
    asked: Asked,
    stands: Standing,
    view: Callable[[], HttpResponseBase],
    *,
    owed: bool = False,
) -> HttpResponseBase:
    """The answer of a page that is not on: read it, settle what is owed, or say how to get it."""
    if stands is Standing.FROZEN:
        if not entitlements.holds(request.tenant, Allowed(asked.value)):  # type: ignore[attr-defined]
            banners.show(request, frozen_banner(asked))
        if not owed and request.method not in SAFE:
            return frozen(request, asked)
        request.read_only = not owed  # type: ignore[attr-defined]
        with assumed(asked):
            return view()
    if stands is Standing.OFF:
        return feature_off(request, asked)
    return not_in_plan(request, asked)


def refused(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The page for something that is asked for inside a view, and is not on."""
    match standing(asked):
        case Standing.OFF:
            return feature_off(request, asked)
        case Standing.FROZEN:
            return frozen(request, asked)
        case _:
            return not_in_plan(request, asked)


def feature_off(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The page that stands in place of a module that is off."""
    return render(request, "tenants/feature_off.html", {"feature": asked}, status=404)


def not_in_plan(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The page that stands in place of what the plan does not hold: from which plan it is."""
    context = {
        "feature": asked,
        "plan": first_with(Allowed(asked.value)),
        "subscription": SUBSCRIPTION,
        "is_owner": has_role(request, Role.OWNER),
    }
    return render(request, "tenants/not_in_plan.html", context, status=404)


def frozen(request: HttpRequest, asked: Asked | None = None) -> HttpResponse:
    """The answer to an act on what is frozen: nothing was done, everything is kept."""
    context = {
        "feature": asked,
        "subscription": SUBSCRIPTION,
        "is_owner": has_role(request, Role.OWNER),
    }
    return render(request, "tenants/frozen.html", context, status=402)


def frozen_banner(asked: Asked) -> Banner:
    """Above what a plan no longer holds."""
    text = _("%(words)s Tout est conservé et lisible, et repart dès que vous changez de formule.")
    return Banner(
        title=_("%(what)s : gelé") % {"what": asked.label},
        text=text % {"words": plan_words(asked)},
        url=SUBSCRIPTION,
        link=gettext_lazy("Voir les formules"),
    )
