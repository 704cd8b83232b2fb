"""Every mechanic there is: the one table. CONTRIBUTING has the checklist for the next one."""

from billing.plans import Allowed
from kernel.errors import NotFoundError
from operations.mechanics.coupon.mechanic import COUPON
from operations.mechanics.draw.mechanic import DRAW
from operations.mechanics.form.mechanic import FORM
from operations.mechanics.instant_win.mechanic import INSTANT_WIN
from operations.mechanics.quiz.mechanic import QUIZ
from operations.mechanics.referral.mechanic import REFERRAL
from operations.mechanics.shape import Mechanic
from operations.models import OperationModule
from tenants.features import is_on

MECHANICS: dict[str, Mechanic] = {
    mechanic.kind: mechanic for mechanic in (FORM, COUPON, QUIZ, INSTANT_WIN, DRAW, REFERRAL)
}


class UnknownMechanicError(NotFoundError):
    """There is no mechanic of this kind."""

    code = "unknown_mechanic"


def offered() -> list[Mechanic]:
    """Those that the merchant's plan holds. What is there already of another goes on."""
    return [one for one in MECHANICS.values() if is_on(Allowed(one.held_by))]


def mechanic_of(module: OperationModule) -> Mechanic:
    """The mechanic of a module."""
    found = MECHANICS.get(module.kind)
    if found is None:
        raise UnknownMechanicError
    return found
