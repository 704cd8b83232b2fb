"""What a merchant has switched on. One question, asked the same way by views, menu, API and tasks.

What is off is neither shown nor reachable (OF-07).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from tenants import lookup
from tenants.context import current_tenant
from tenants.database.current import this_connection
from tenants.models import Tenant

View = Callable[..., HttpResponseBase]


class Feature(models.TextChoices):
    """A module of the product that can be off."""

    REFERRAL = "referral", _("Parrainage")
    LOYALTY = "loyalty", _("Fidélité")
    TIERS = "tiers", _("Paliers et récompenses")
    CAMPAIGNS = "campaigns", _("Campagnes et relances")


class FeatureOffError(RicochetError):
    """This module is not switched on for this merchant."""

    code = "feature_off"
    status = 403
    words = _("Ce module n’est pas activé.")


# What counts as on while something is only tried out, in this thread and nowhere else.
_assumed: ContextVar[frozenset[Feature]] = ContextVar("assumed_features", default=frozenset())


@contextmanager
def assumed(*features: Feature) -> Iterator[None]:
    """Work as if these modules were on: for a trial of which nothing stays."""
    token = _assumed.set(_assumed.get() | set(features))
    try:
        yield
    finally:
        _assumed.reset(token)


def is_on(feature: Feature, *, tenant: Tenant | None = None) -> bool:
    """Whether the merchant (of the current context, unless given) has this module."""
    return feature in _assumed.get() or feature.value in (tenant or current_tenant()).modules


def require(feature: Feature) -> None:
    """Raise FeatureOffError where the current merchant does not have this module."""
    if not is_on(feature):
        raise FeatureOffError


@atomic_with_retry
def switch(
    *, tenant_id: uuid.UUID, on: Iterable[Feature] = (), off: Iterable[Feature] = ()
) -> Tenant:
    """Switch modules on or off; nothing of what they hold is lost."""
    tenant = Tenant.objects.select_for_update().get(id=tenant_id)
    wanted = (set(tenant.modules) | {f.value for f in on}) - {f.value for f in off}
    tenant.modules = [name for name in Feature.values if name in wanted]
    tenant.save(update_fields=["modules"])
    lookup.forget(tenant)
    here = this_connection().tenant
    if isinstance(here, Tenant) and here.id == tenant.id:
        here.modules = tenant.modules  # this request, or task, sees it at once
    return tenant


def feature_required(feature: Feature) -> Callable[[View], View]:
    """A page of a module: where it is off, a 404 that says where to switch it on.

    Stands below `member_required`, so that an outsider learns nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_on(feature, tenant=request.tenant):  # type: ignore[attr-defined]
                return feature_off(request, feature)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def modules(request: HttpRequest) -> dict[str, Any]:
    """For templates: `{% if "referral" in modules %}`."""
    tenant = getattr(request, "tenant", None)
    return {"modules": tenant.modules if tenant is not None else []}


def feature_off(request: HttpRequest, feature: Feature) -> HttpResponse:
    """The page that stands in place of a module that is off."""
    return render(request, "tenants/feature_off.html", {"feature": feature}, status=404)
