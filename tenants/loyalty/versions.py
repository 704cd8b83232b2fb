"""Which earning rules hold at a moment, and how new ones come into force (FS-21, FS-22)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert, insert_if_absent, read
from kernel.errors import ConflictError, InvalidInputError
from kernel.money import UNITS
from tenants.loyalty.models import LoyaltyVersion, Membership, MembershipMode, SessionRate

MOST_RATE = Decimal(99_999)
MOST_PER = 10_000_000
MOST_SESSION = 1_000_000
_RATE_DECIMALS = 4

COPIED = (
    "active",
    "unit",
    "membership",
    "payments_on",
    "rate",
    "per",
    "sessions_on",
    "expiry_months",
    "checkout_on",
    "point_value",
    "most_points",
    "minimum_order",
    "line_label",
)

# `loyalty_version` is the one row in force, so that the columns of the model fit.
_RULE = """
    SELECT {0}, {1}, {2} FROM (
        SELECT * FROM loyalty_version WHERE starts_at <= %s
        ORDER BY starts_at DESC, number DESC LIMIT 1
    ) loyalty_version
    LEFT JOIN loyalty_membership ON loyalty_membership.profile_id = %s
    LEFT JOIN loyalty_session_rate ON loyalty_session_rate.version_id = loyalty_version.id
        AND loyalty_session_rate.session_type_id = %s
"""
_IN_FORCE = """
    SELECT {0} FROM loyalty_version WHERE starts_at <= %s
    ORDER BY starts_at DESC, number DESC LIMIT 1
"""


class InvalidLoyaltyError(InvalidInputError):
    """These earning rules cannot hold."""

    code = "invalid_loyalty"
    words = gettext_lazy("Ces règles de fidélité ne vont pas ensemble.")


class LoyaltyChangedError(ConflictError):
    """Somebody else published other earning rules at this moment."""

    code = "loyalty_changed"
    words = gettext_lazy(
        "D’autres règles viennent d’être publiées. Relisez-les avant de recommencer."
    )


@dataclass(frozen=True, slots=True)
class Rate:
    """What one type of session earns, and whether it earns at all."""

    amount: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """The rules that hold for one customer's fact: `rate` is its type's, where it is a session."""

    version: LoyaltyVersion
    member: bool
    rate: SessionRate | None = None

    @property
    def admits(self) -> bool:
        """Whether this customer earns: everybody, or those who joined (SO-07)."""
        return self.member or self.version.membership == MembershipMode.EVERYONE


def in_force(*, now: datetime) -> LoyaltyVersion | None:
    """The version in force at `now`, or None before loyalty was ever set up."""
    found = read((LoyaltyVersion,), _IN_FORCE, [now])
    return found[0][0] if found else None


def rule_for(
    *, profile_id: uuid.UUID, at: datetime, session_type_id: uuid.UUID | None = None
) -> Rule | None:
    """The rules in force at `at` with this customer's membership, in one statement.

    A member is who has joined and not left by now: who ticks the box while ordering earns for
    that very order.
    """
    found = read(
        (LoyaltyVersion, Membership, SessionRate), _RULE, [at, profile_id, session_type_id]
    )
    if not found:
        return None
    version, membership, rate = found[0]
    joined = membership.joined_at is not None and membership.left_at is None
    return Rule(version=version, member=joined, rate=rate if rate.pk is not None else None)


def rates_of(version: LoyaltyVersion | None) -> dict[uuid.UUID, Rate]:
    """A version's rates by type of session."""
    rows = SessionRate.objects.filter(version=version) if version else ()
    return {row.session_type_id: Rate(amount=row.amount, active=row.active) for row in rows}


@atomic_with_retry
def publish(
    *,
    now: datetime,
    author_id: uuid.UUID | None = None,
    rates: Mapping[uuid.UUID, Rate] | None = None,
    **changes: Any,
) -> LoyaltyVersion:
    """Put new rules in force from `now`: the last version's, with `changes`.

    `rates` replaces what types of session earn; without it they stay. What was earned before
    keeps the rules of its date. Raises InvalidLoyaltyError, LoyaltyChangedError.
    """
    latest = LoyaltyVersion.objects.select_for_update().first()
    values = {name: getattr(latest, name) for name in COPIED} if latest else {}
    values.update(changes)
    if rates is None:
        rates = rates_of(latest)
    check(values, rates)
    if latest is not None and values.get("unit", latest.unit) != latest.unit:
        raise InvalidLoyaltyError(
            _("L’unité ne peut plus changer : des cagnottes la portent déjà."), param="unit"
        )
    number = (LoyaltyVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    version = LoyaltyVersion(number=number, starts_at=now, author_id=author_id, **values)
    if not insert_if_absent([version]):
        raise LoyaltyChangedError
    insert(
        [
            SessionRate(
                version=version, session_type_id=type_id, amount=rate.amount, active=rate.active
            )
            for type_id, rate in rates.items()
        ]
    )
    return version


def check(values: Mapping[str, Any], rates: Mapping[uuid.UUID, Rate]) -> None:
    """Raise InvalidLoyaltyError, which names the value that cannot hold and says what to write."""
    if values.get("unit") not in UNITS:
        raise InvalidLoyaltyError(_("Choisissez une unité de la liste."), param="unit")
    check_rate(Decimal(values.get("rate", 1)))
    check_per(values.get("per", 100))
    for rate in rates.values():
        if not 1 <= rate.amount <= MOST_SESSION:
            raise InvalidLoyaltyError(
                _("Indiquez pour chaque séance un nombre entre 1 et 1 000 000."), param="rates"
            )
    months = values.get("expiry_months")
    if months is not None and not 1 <= months <= 120:
        raise InvalidLoyaltyError(
            _("Indiquez une durée entre 1 et 120 mois, ou laissez vide."), param="expiry_months"
        )


def check_per(per: int) -> None:
    """The amount that earns `rate` once is above zero (cents)."""
    if per <= 0:
        raise InvalidLoyaltyError(
            _("Un point tous les zéro euro n’aurait pas de fin : indiquez au moins 0,01."),
            param="per",
        )
    if per > MOST_PER:
        raise InvalidLoyaltyError(
            _("Ce montant est trop grand : indiquez au plus 100 000,00."), param="per"
        )


def check_rate(rate: Decimal) -> None:
    """A ratio is above zero, and has at most four decimals; each fault has its own words."""
    if rate == 0:
        raise InvalidLoyaltyError(
            _("Un taux de zéro ne donnerait rien : coupez plutôt les points sur les paiements."),
            param="rate",
        )
    if rate < 0:
        raise InvalidLoyaltyError(
            _("Un taux négatif reprendrait des points : indiquez un nombre positif."),
            param="rate",
        )
    if rate > MOST_RATE:
        raise InvalidLoyaltyError(
            _("Ce taux est trop grand : indiquez au plus 99 999."), param="rate"
        )
    exponent = rate.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > _RATE_DECIMALS:
        raise InvalidLoyaltyError(
            _("Ce taux a trop de décimales : indiquez-en quatre au plus, par exemple 0,3333."),
            param="rate",
        )
