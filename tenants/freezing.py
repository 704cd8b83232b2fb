"""A merchant who pays no more reads everything and begins nothing; its customers notice nothing."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.access import current_membership
from billing.plans import SUBSCRIPTION
from shell import banners
from shell.banners import Banner
from tenants import entitlements, gates
from tenants.models import Tenant

_BANNER = Banner(
    title=_("Votre compte est gelé"),
    text=_(
        "Vous pouvez tout lire. Vos clients gardent leur espace et ce qu’ils ont gagné ; rien"
        " d’autre ne part ni ne commence tant que l’abonnement n’a pas repris."
    ),
    url=SUBSCRIPTION,
    link=_("Reprendre l’abonnement"),
    tone="bad",
)


class FreezeMiddleware:
    """Refuses members' acts while nothing is paid, but for what `settings.WORKS_WHILE_FROZEN` says.

    Pages that are not for members (a customer's space, shared links, the API) pass.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        tenant = getattr(request, "tenant", None)
        if tenant is None or not entitlements.is_frozen(tenant):
            return None
        if not getattr(view, "for_members", False) or current_membership(request) is None:
            return None
        banners.show(request, _BANNER)
        match = request.resolver_match
        if match is not None and _goes_on(match.view_name, tenant):
            return None
        if request.method in gates.SAFE:
            request.read_only = True  # type: ignore[attr-defined]
            return None
        return gates.frozen(request)


def _goes_on(name: str, tenant: Tenant) -> bool:
    """Whether the address of this name goes on working."""
    asked: Callable[[str, Tenant], bool] = import_string(settings.WORKS_WHILE_FROZEN)
    return asked(name, tenant)
