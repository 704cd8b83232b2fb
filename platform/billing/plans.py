"""What each plan allows and costs: the one table that pages, API, tasks and Stripe read.

Prices are in cents of euro before VAT. A price is found at Stripe by its lookup key, so that a
Stripe account is filled, and refilled, by command. `None` as a limit means that there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInputError

Interval = Literal["month", "year"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)
CURRENCY = "EUR"
# No card is asked for it.
TRIAL = timedelta(days=30)
# Where an owner chooses and pays, on a merchant's address.
SUBSCRIPTION = "/reglages/abonnement"


class Allowed(StrEnum):
    """What a plan may hold. Those that a merchant switches bear the name of their module."""

    REFERRAL = "referral"
    WALLET = "wallet"  # the cagnotte's prizes, what is claimed with it, and gifts
    LOYALTY = "loyalty"
    TIERS = "tiers"
    CAMPAIGNS = "campaigns"
    SCENARIOS = "scenarios"
    FORMS = "forms"
    COUPONS = "coupons"
    GAMES = "games"  # quiz, instant win, draw
    MAJOR = "major"  # partnerships that this merchant begins, and operations shared through them

    @property
    def label(self) -> str | Promise:
        """As a merchant reads it."""
        return _LABELS[self]


_LABELS: dict[Allowed, str | Promise] = {
    Allowed.REFERRAL: _("Parrainage"),
    Allowed.WALLET: _("Cagnotte et lots"),
    Allowed.LOYALTY: _("Fidélité"),
    Allowed.TIERS: _("Paliers et récompenses"),
    Allowed.CAMPAIGNS: _("Campagnes"),
    Allowed.SCENARIOS: _("Relances"),
    Allowed.FORMS: _("Formulaires"),
    Allowed.COUPONS: _("Distribution de coupons"),
    Allowed.GAMES: _("Jeux : quiz, instants gagnants, tirages"),
    Allowed.MAJOR: _("Opérations avec vos partenaires"),
}


class Limit(StrEnum):
    """What is counted. At the limit, what customers bring is kept; what is begun waits."""

    PROFILES = "profiles"
    EMAILS = "emails_a_month"
    OPERATIONS = "live_operations"
    USERS = "users"

    @property
    def label(self) -> str | Promise:
        """As a merchant reads it."""
        return _LIMIT_LABELS[self]


_LIMIT_LABELS: dict[Limit, str | Promise] = {
    Limit.PROFILES: _("Clients"),
    Limit.EMAILS: _("E-mails par mois"),
    Limit.OPERATIONS: _("Opérations en ligne à la fois"),
    Limit.USERS: _("Membres de l’équipe"),
}


class PlanKey(StrEnum):
    """The plans by name, from the smallest; `partner` is never sold."""

    PARTNER = "partner"
    STARTER = "starter"
    GROWING = "growing"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan. `month` and `year` are cents before VAT, 0 where it is not sold."""

    key: PlanKey
    name: str | Promise
    tagline: str | Promise
    features: frozenset[Allowed]
    limits: Mapping[Limit, int | None]
    month: int = 0
    year: int = 0

    @property
    def sold(self) -> bool:
        """Whether a merchant can subscribe to it."""
        return self.month > 0

    def price(self, interval: Interval) -> int:
        """Cents before VAT for one interval."""
        return self.month if interval == "month" else self.year

    def lookup_key(self, interval: Interval) -> str:
        """How this price is called at Stripe."""
        return f"ricochet_{self.key}_{interval}"


class UnknownPlanError(InvalidInputError):
    """There is no plan of this name."""

    code = "unknown_plan"
    words = _("Cette formule n’existe pas.")


_SMALL = frozenset({Allowed.LOYALTY, Allowed.CAMPAIGNS, Allowed.FORMS, Allowed.COUPONS})


def _limits(
    profiles: int | None, emails: int | None, operations: int | None, users: int | None
) -> Mapping[Limit, int | None]:
    return MappingProxyType(
        {
            Limit.PROFILES: profiles,
            Limit.EMAILS: emails,
            Limit.OPERATIONS: operations,
            Limit.USERS: users,
        }
    )


PLANS: Mapping[PlanKey, Plan] = MappingProxyType(
    {
        plan.key: plan
        for plan in (
            Plan(
                PlanKey.PARTNER,
                _("Partenaire"),
                _("Ce qu’une marque vous partage, offert."),
                frozenset(),
                _limits(None, None, None, 3),
            ),
            Plan(
                PlanKey.STARTER,
                "Starter",
                _("Fidéliser ses clients et recueillir leurs coordonnées."),
                _SMALL,
                _limits(2_000, 5_000, 2, 3),
                month=2_900,
                year=29_000,
            ),
            Plan(
                PlanKey.GROWING,
                "Growing",
                _("Le parrainage, la cagnotte et les opérations à deux marques."),
                frozenset(Allowed),
                _limits(15_000, 50_000, 10, 10),
                month=7_900,
                year=79_000,
            ),
            Plan(
                PlanKey.SCALE,
                "Scale",
                _("Tout Ricochet, pour de grands volumes."),
                frozenset(Allowed),
                _limits(150_000, 500_000, None, None),
                month=19_900,
                year=199_000,
            ),
        )
    }
)
SOLD: tuple[Plan, ...] = tuple(plan for plan in PLANS.values() if plan.sold)


def plan_named(key: str) -> Plan:
    """The plan of this key. Raises UnknownPlanError."""
    try:
        return PLANS[PlanKey(key)]
    except ValueError as error:
        raise UnknownPlanError(param="plan") from error


def plan_of_price(lookup_key: str) -> tuple[Plan, Interval]:
    """The plan and interval of a price at Stripe. Raises UnknownPlanError."""
    for plan in SOLD:
        for interval in INTERVALS:
            if plan.lookup_key(interval) == lookup_key:
                return plan, interval
    raise UnknownPlanError(param="lookup_key")


def first_with(feature: Allowed) -> Plan:
    """The smallest plan sold that holds this feature."""
    return next(plan for plan in SOLD if feature in plan.features)
