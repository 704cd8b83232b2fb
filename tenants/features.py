"""What a merchant may use. One question, asked the same way by views, menu, API, tasks, widgets.

On is what the merchant has switched on and its plan holds. What is off is neither shown nor
reachable (OF-07); what a plan no longer holds is frozen: there to be read, and nothing begins.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum, auto
from functools import wraps
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.plans import Allowed, first_with
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from tenants import entitlements, lookup
from tenants.context import current_tenant
from tenants.database.current import this_connection
from tenants.models import Tenant

View = Callable[..., HttpResponseBase]


class Feature(models.TextChoices):
    """A module of the product that a merchant switches, by the name it has in `Allowed`."""

    REFERRAL = "referral", _("Parrainage")
    LOYALTY = "loyalty", _("Fidélité")
    TIERS = "tiers", _("Paliers et récompenses")
    CAMPAIGNS = "campaigns", _("Campagnes et relances")


# What can be asked for: a module, or a part of the product that a plan holds and nobody switches.
Asked = Feature | Allowed


class Standing(Enum):
    """How the merchant stands to it; FROZEN was there before, ABSENT never was."""

    ON = auto()
    OFF = auto()
    FROZEN = auto()
    ABSENT = auto()


class FeatureOffError(RicochetError):
    """This module is not switched on for this merchant."""

    code = "feature_off"
    status = 403
    words = _("Ce module n’est pas activé.")


class PlanRequiredError(FeatureOffError):
    """The merchant's plan does not hold this."""

    code = "plan_required"

    def __init__(self, asked: Asked) -> None:
        super().__init__(plan_words(asked))


# What goes on by itself and is nothing that a customer waits for: it rests while nothing is paid.
_SENT_BY_ITSELF = frozenset({Allowed.CAMPAIGNS, Allowed.SCENARIOS})
# What counts as on while something is only tried out or read, in this thread and nowhere else.
_assumed: ContextVar[frozenset[str]] = ContextVar("assumed_features", default=frozenset())


@contextmanager
def assumed(*asked: Asked) -> Iterator[None]:
    """Work as if these were on: for a trial of which nothing stays, or to read what is frozen."""
    token = _assumed.set(_assumed.get() | {one.value for one in asked})
    try:
        yield
    finally:
        _assumed.reset(token)


def standing(asked: Asked, *, tenant: Tenant | None = None) -> Standing:
    """How the merchant (of the current context, unless given) stands to this. No query."""
    if asked.value in _assumed.get():
        return Standing.ON
    merchant = tenant or current_tenant()
    allowed, switches = Allowed(asked.value), isinstance(asked, Feature)
    switched = not switches or asked.value in merchant.modules
    if entitlements.holds(merchant, allowed):
        if not switched:
            return Standing.OFF
        rests = allowed in _SENT_BY_ITSELF and entitlements.is_frozen(merchant)
        return Standing.FROZEN if rests else Standing.ON
    used = switched if switches else entitlements.held_once(merchant, allowed)
    return Standing.FROZEN if used else Standing.ABSENT


def is_on(asked: Asked, *, tenant: Tenant | None = None) -> bool:
    """Whether it is switched on and the plan holds it."""
    return standing(asked, tenant=tenant) is Standing.ON


def is_shown(asked: Asked, *, tenant: Tenant | None = None) -> bool:
    """Whether the back office leads to it: it is on, or frozen and there to be read."""
    return standing(asked, tenant=tenant) in (Standing.ON, Standing.FROZEN)


def require(asked: Asked, *, tenant: Tenant | None = None) -> None:
    """Raise PlanRequiredError or FeatureOffError where it is not on for the merchant."""
    match standing(asked, tenant=tenant):
        case Standing.ON:
            return
        case Standing.OFF:
            raise FeatureOffError
        case _:
            raise PlanRequiredError(asked)


def plan_words(asked: Asked) -> str:
    """From which plan it is, in one sentence."""
    plan = first_with(Allowed(asked.value)).name
    words = gettext("« %(what)s » est compris à partir de la formule %(plan)s.")
    return words % {"what": asked.label, "plan": plan}


@atomic_with_retry
def switch(
    *, tenant_id: uuid.UUID, on: Iterable[Feature] = (), off: Iterable[Feature] = ()
) -> Tenant:
    """Switch modules on or off; nothing of what they hold is lost.

    Raises PlanRequiredError for one that the plan does not hold.
    """
    tenant = Tenant.objects.select_for_update().get(id=tenant_id)
    asked = list(on)
    for feature in asked:
        if not entitlements.holds(tenant, Allowed(feature.value)):
            raise PlanRequiredError(feature)
    wanted = (set(tenant.modules) | {f.value for f in asked}) - {f.value for f in off}
    tenant.modules = [name for name in Feature.values if name in wanted]
    tenant.save(update_fields=["modules"])
    lookup.forget(tenant)
    here = this_connection().tenant
    if isinstance(here, Tenant) and here.id == tenant.id:
        here.modules = tenant.modules  # this request, or task, sees it at once
    return tenant


def feature_required(asked: Asked, *, owed: bool = False) -> Callable[[View], View]:
    """A page of a module or of a part of the plan; what stands in its place is `tenants.gates`.

    `owed` pages settle what customers were given: they go on working while it is frozen. Stands
    below `member_required`, so that an outsider learns nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            from tenants import gates

            stands = standing(asked, tenant=request.tenant)  # type: ignore[attr-defined]
            if stands is Standing.ON:
                return view(request, *args, **kwargs)
            return gates.instead(
                request, asked, stands, lambda: view(request, *args, **kwargs), owed=owed
            )

        return guarded

    return decorate


def modules(request: HttpRequest) -> dict[str, Any]:
    """For templates: `{% if "referral" in modules %}` is on, `in in_plan` is there to be found."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {"modules": [], "in_plan": []}
    return {
        "modules": [one.value for one in Feature if is_on(one, tenant=tenant)],
        "in_plan": [one.value for one in Allowed if is_shown(one, tenant=tenant)],
    }
