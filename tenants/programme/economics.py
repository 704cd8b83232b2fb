"""What one new customer costs under given rules, beside what the merchant is ready to spend.

One place computes it, for the set-up, the rules page and their simulator (SP-05). Amounts are
cents; shares are hundredths of a percent, so that nothing is a float.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count

from kernel.money import POINTS
from tenants.activity.models import Order, OrderState
from tenants.programme import owed
from tenants.programme.models import Preferences

WHOLE = 10_000
_ENOUGH_ORDERS = 10
_RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules grant for one new customer, in the wallet's unit; `in_kind` is cents."""

    unit: str
    referrer: int
    referee: int
    in_kind: int = 0
    point_value: int = 1


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the estimate rests on. `margin` and `used` are hundredths of a percent."""

    basket: int
    margin: int
    used: int
    ready_to_spend: int | None = None
    basket_is_own: bool = False
    basket_is_said: bool = False
    margin_is_said: bool = False
    used_is_own: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cost of one new customer, its parts, and what the first purchase leaves.

    `referrer + referee + in_kind` is `cost`; `cost + left` is the margin of a first purchase.
    """

    referrer: int
    referee: int
    in_kind: int
    cost: int
    margin: int
    left: int
    purchases_to_pay_back: int | None
    over_budget: int

    @property
    def pays_at_once(self) -> bool:
        return self.left >= 0


def estimate(*, terms: Terms, assumptions: Assumptions) -> Estimate:
    """The cost under these terms, if the share `used` of what is granted is really spent."""
    value = terms.point_value if terms.unit == POINTS else 1
    referrer = _share(terms.referrer * value, assumptions.used)
    referee = _share(terms.referee * value, assumptions.used)
    cost = referrer + referee + terms.in_kind
    margin = _share(assumptions.basket, assumptions.margin)
    budget = assumptions.ready_to_spend
    return Estimate(
        referrer=referrer,
        referee=referee,
        in_kind=terms.in_kind,
        cost=cost,
        margin=margin,
        left=margin - cost,
        # Rounded up: half a purchase pays nothing back.
        purchases_to_pay_back=-(-cost // margin) if margin > 0 and cost else None,
        over_budget=max(cost - budget, 0) if budget is not None else 0,
    )


def assumptions(
    *, unit: str, fallback_basket: int, fallback_margin: int, now: datetime
) -> Assumptions:
    """The merchant's own figures where there are enough, else what they said, else the trade's."""
    said = Preferences.objects.filter(id=1).first()
    recent = Order.objects.filter(
        ordered_at__gt=now - _RECENT, is_test=False, state=OrderState.CONFIRMED
    ).aggregate(mean=Avg("amount"), count=Count("id"))
    own = recent["count"] >= _ENOUGH_ORDERS
    stated = said.average_basket if said and said.average_basket else fallback_basket
    share, known = owed.used_share(unit=unit, now=now)
    return Assumptions(
        basket=round(recent["mean"]) if own else stated,
        margin=said.margin if said and said.margin is not None else fallback_margin,
        used=round(share * WHOLE),
        ready_to_spend=said.ready_to_spend if said else None,
        basket_is_own=own,
        basket_is_said=bool(said and said.average_basket),
        margin_is_said=bool(said and said.margin is not None),
        used_is_own=known,
    )


def _share(amount: int, part: int) -> int:
    """`part` hundredths of a percent of an amount, rounded half up."""
    return (amount * part + WHOLE // 2) // WHOLE
