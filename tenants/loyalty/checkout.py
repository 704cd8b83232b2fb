"""What a customer's cagnotte is worth at checkout: the arithmetic, and the ready-made line.

Nothing is written here. A discount is worked out in steps that come to whole cents, so that the
line's quantity times its unit price is its amount exactly. An order always keeps one cent to pay:
an order of nothing is no order.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import ConflictError
from shell import formats
from tenants.loyalty import points
from tenants.loyalty.models import LoyaltyVersion, MembershipMode

LEAST_TO_PAY = 1


class CheckoutOffError(ConflictError):
    """The merchant's rules have no points used at checkout."""

    code = "checkout_off"
    words = gettext_lazy("Les points ne s’utilisent pas à la commande.")


class PointsNotUsableError(ConflictError):
    """This customer cannot use points on this basket; `reason` in the facts says why."""

    code = "points_not_usable"
    words = gettext_lazy("Aucun point n’est utilisable sur cette commande.")


class TooManyPointsError(ConflictError):
    """More points than this basket, the rules or the balance allow."""

    code = "too_many_points"
    words = gettext_lazy("C’est plus de points que cette commande ne permet d’en utiliser.")


class Reason:
    """Why nothing can be used, as the API tells it."""

    OFF = "checkout_off"
    NOT_A_MEMBER = "not_a_member"
    ORDER_TOO_SMALL = "order_too_small"
    NO_POINTS = "no_points"


@dataclass(frozen=True, slots=True)
class Usable:
    """The most that can be used: `points` save `discount` cents. `reason` where that is none."""

    points: int = 0
    discount: int = 0
    reason: str = ""


def usable(*, version: LoyaltyVersion | None, member: bool, available: int, amount: int) -> Usable:
    """The most of `available` that a basket of `amount` cents takes (SO-04, SO-05, SO-09)."""
    if version is None or not (version.active and version.checkout_on):
        return Usable(reason=Reason.OFF)
    if version.membership == MembershipMode.JOINED and not member:
        return Usable(reason=Reason.NOT_A_MEMBER)
    if amount < version.minimum_order or amount <= LEAST_TO_PAY:
        return Usable(reason=Reason.ORDER_TOO_SMALL)
    value = Fraction(version.point_value)
    most = min(available, int((amount - LEAST_TO_PAY) / value))
    if version.most_points is not None:
        most = min(most, version.most_points)
    most -= most % step(version)
    if most <= 0:
        return Usable(reason=Reason.NO_POINTS)
    return Usable(points=most, discount=worth(version=version, points=most))


def step(version: LoyaltyVersion) -> int:
    """The smallest number of points that saves whole cents: 1, or 2 at half a cent a point."""
    return Fraction(version.point_value).denominator


def worth(*, version: LoyaltyVersion, points: int) -> int:
    """What so many points save, in cents."""
    return int(points * Fraction(version.point_value))


def earns(*, version: LoyaltyVersion | None, paid: int) -> int:
    """What an order earns for the `paid` cents that are left after a discount (SO-03)."""
    if version is None or not (version.active and version.payments_on):
        return 0
    return points.worth(cents=paid, rate=version.rate, per=version.per)


def check_points(*, wanted: int, most: Usable, version: LoyaltyVersion) -> None:
    """Raise the error that says why so many points cannot be used on this basket."""
    if most.reason == Reason.OFF:
        raise CheckoutOffError
    if most.reason:
        raise PointsNotUsableError(str(_WORDS[most.reason]), reason=most.reason)
    if wanted > most.points:
        raise TooManyPointsError(
            _("Cette commande permet d’en utiliser %(most)s au plus.")
            % {"most": formats.number(most.points)},
            param="points",
            most=most.points,
        )
    if wanted % step(version):
        raise PointsNotUsableError(
            _("Utilisez-les par multiples de %(step)s, pour une remise en centimes entiers.")
            % {"step": step(version)},
            param="points",
            reason="not_a_multiple",
        )


def line(*, version: LoyaltyVersion, points: int) -> dict[str, Any]:
    """The order line that the shop adds as it is (SO-02): plain values, amounts in cents.

    `unit_amount_decimal` is text, for a point may save half a cent.
    """
    return {
        "label": line_label(version),
        "quantity": points,
        "unit_amount_decimal": f"-{version.point_value.normalize():f}",
        "amount": -worth(version=version, points=points),
        "tax": "exempt",
        "category": "loyalty",
        "sellable": False,
    }


def line_label(version: LoyaltyVersion) -> str:
    """The line's name as the merchant chose it."""
    return version.line_label or _("Avantage fidélité")


def returned(*, points: int, refunded: int, amount: int) -> int:
    """How many of an order's points are given back once `refunded` of its `amount` went back.

    In proportion, and rounded up: the odd point is the customer's.
    """
    return min(points, -(-points * refunded // amount)) if amount else points


_WORDS = {
    Reason.NOT_A_MEMBER: gettext_lazy("Ce client n’a pas rejoint le programme de fidélité."),
    Reason.ORDER_TOO_SMALL: gettext_lazy("La commande n’atteint pas le montant minimum."),
    Reason.NO_POINTS: gettext_lazy("La cagnotte ne contient pas de quoi faire une remise."),
}
