"""What each plan holds and costs, read from the one table of plans."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from billing.plans import CURRENCY, SOLD, TRIAL, Allowed, Limit, Plan
from signup.choices import SUGGESTED
from signup.showing import show


@dataclass(frozen=True, slots=True)
class Offered:
    """One plan as a card shows it: what it holds, then what it does not."""

    plan: Plan
    suggested: bool
    limits: list[tuple[str | Promise, int | None]]
    holds: list[Allowed]
    lacks: list[Allowed]

    @property
    def per_month(self) -> int:
        """What a year's price comes to each month, in cents."""
        return round(self.plan.year / 12)


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """The plans side by side, by the month or by the year."""
    context = {"offered": [_offered(plan) for plan in SOLD], "currency": CURRENCY}
    return show(request, "pricing", {**context, "trial_days": TRIAL.days})


def _offered(plan: Plan) -> Offered:
    return Offered(
        plan=plan,
        suggested=plan.key == SUGGESTED,
        limits=[(limit.label, plan.limits[limit]) for limit in Limit],
        holds=[feature for feature in Allowed if feature in plan.features],
        lacks=[feature for feature in Allowed if feature not in plan.features],
    )
