"""What each plan adds to the one before it, in lines short enough for a choice."""

from django.utils.translation import gettext as _

from billing.plans import SOLD, Allowed, Limit, Plan
from shell import formats


def lines(plan: Plan) -> list[str]:
    """The plan before it, what this one adds, and how far it reaches."""
    at = SOLD.index(plan)
    before = SOLD[at - 1] if at else None
    held = before.features if before is not None else frozenset()
    first = [_("Tout ce que contient %(plan)s") % {"plan": before.name}] if before else []
    added = [str(one.label) for one in Allowed if one in plan.features and one not in held]
    return [*first, *added, _reach(plan)]


def _reach(plan: Plan) -> str:
    counts = {
        "clients": _count(plan.limits[Limit.PROFILES]),
        "emails": _count(plan.limits[Limit.EMAILS]),
    }
    return _("Clients : %(clients)s. E-mails par mois : %(emails)s") % counts


def _count(most: int | None) -> str:
    return formats.number(most) if most is not None else _("sans limite")
