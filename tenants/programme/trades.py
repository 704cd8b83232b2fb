"""Sane beginnings for each trade: a draft programme that "next, next, done" publishes (O2)."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.programme.models import Qualifying
from tenants.rewards.models import PrizeKind


@dataclass(frozen=True, slots=True)
class PrizeIdea:
    """A first prize to tick; its cost is a share of the average basket, in percent."""

    key: str
    name: str | Promise
    kind: PrizeKind
    share: int


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade's usual figures: basket in cents, margin in hundredths of a percent."""

    key: str
    label: str | Promise
    basket: int
    margin: int
    pending_days: int = 14
    qualifying: Qualifying = Qualifying.ORDER
    online: bool = True
    prizes: tuple[PrizeIdea, ...] = field(default_factory=tuple)


_DISCOUNT = PrizeIdea("discount", _("Remise sur votre prochaine commande"), PrizeKind.DISCOUNT, 10)
_SURPRISE = PrizeIdea("surprise", _("Petit cadeau avec votre commande"), PrizeKind.ORDER_GIFT, 15)
_VOUCHER = PrizeIdea("voucher", _("Bon d’achat"), PrizeKind.VOUCHER, 25)
_AT_COUNTER = PrizeIdea("counter", _("Cadeau à retirer sur place"), PrizeKind.GIFT, 15)
_CINEMA = PrizeIdea("cinema", _("Place de cinéma"), PrizeKind.POST, 25)
_SESSION = PrizeIdea("session", _("Remise sur votre prochaine séance"), PrizeKind.DISCOUNT, 10)
_PRINT = PrizeIdea("print", _("Tirage offert"), PrizeKind.GIFT, 15)

TRADES = {
    trade.key: trade
    for trade in (
        Trade(
            "home", _("Maison et décoration"), 6500, 4500, prizes=(_DISCOUNT, _SURPRISE, _VOUCHER)
        ),
        Trade("fashion", _("Mode et accessoires"), 7000, 5000, 30, prizes=(_DISCOUNT, _VOUCHER)),
        Trade("beauty", _("Beauté et bien-être"), 4800, 5500, prizes=(_DISCOUNT, _SURPRISE)),
        Trade(
            "food", _("Alimentation et producteurs"), 5000, 3000, 3, prizes=(_DISCOUNT, _SURPRISE)
        ),
        Trade(
            "photo",
            _("Photographe"),
            22000,
            6000,
            0,
            Qualifying.SESSION_VALIDATED,
            online=False,
            prizes=(_SESSION, _PRINT, _VOUCHER),
        ),
        Trade(
            "services",
            _("Services et artisanat"),
            25000,
            4000,
            online=False,
            prizes=(_DISCOUNT, _CINEMA),
        ),
        Trade(
            "shop",
            _("Commerce de proximité"),
            3500,
            4000,
            0,
            online=False,
            prizes=(_AT_COUNTER, _DISCOUNT),
        ),
        Trade("other", _("Autre activité"), 6000, 4000, prizes=(_DISCOUNT, _VOUCHER)),
    )
}
DEFAULT = TRADES["other"]


def round_amount(cents: int) -> int:
    """A figure that people say: to 0,50 € below 10 €, to 1 € below 50 €, to 5 € above."""
    step = 50 if cents < 1000 else 100 if cents < 5000 else 500
    return max((cents + step // 2) // step * step, 50)


def suggested(*, basket: int, margin: int, budget: int | None = None) -> tuple[int, int]:
    """What to offer the referrer and the referee, in cents, as figures that people say.

    A quarter of what a first purchase leaves, and a sixth. Both together are never more than the
    budget, were all of it spent; of a budget that is too small for two, the referee gets nothing.
    """
    left = basket * margin // 10_000
    reward, welcome = round_amount(left // 4), round_amount(left // 6)
    if budget is None or reward + welcome <= budget:
        return reward, welcome
    reward = _round_down(budget * 3 // 5) or budget
    return reward, _round_down(budget - reward)


def _round_down(cents: int) -> int:
    """The figure below, by the steps of `round_amount`; as it is where there is none."""
    step = 50 if cents < 1000 else 100 if cents < 5000 else 500
    return cents // step * step or cents
