"""Points at checkout, before there is an order: what a basket earns and may use, and holds."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry
from kernel.ledger import selectors as ledger
from tenants.activity.services import MOST_CENTS, InvalidOrderError, WrongCurrencyError
from tenants.context import current_tenant
from tenants.features import Feature, require
from tenants.loyalty import checkout, checkout_holds, membership, versions
from tenants.loyalty.checkout import Usable
from tenants.loyalty.membership import JoinedBy
from tenants.loyalty.models import CheckoutHold, LoyaltyVersion, MembershipMode
from tenants.profiles import finding
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity, UnknownProfileError


@dataclass(frozen=True, slots=True)
class Basket:
    """What a shop asks about: `id` is its own name for the basket, `amount` is in cents."""

    id: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket means to a customer; `profile` is None for somebody who is not known yet.

    `earns` is what the order earns when nothing is used; `most` is what can be used, `available`
    what the cagnotte holds. Amounts are the wallet's smallest unit, discounts are cents.
    """

    basket: Basket
    version: LoyaltyVersion | None
    profile: Profile | None
    member: bool
    available: int
    earns: int
    most: Usable

    @property
    def joining_needed(self) -> bool:
        """Whether only those who ticked the box earn and use points (SO-07)."""
        return self.version is not None and self.version.membership == MembershipMode.JOINED

    @property
    def line(self) -> dict[str, Any] | None:
        """The order line for the most that can be used."""
        if self.version is None or not self.most.points:
            return None
        return checkout.line(version=self.version, points=self.most.points)

    @property
    def earns_after(self) -> int:
        """What the order earns when the most is used."""
        return checkout.earns(version=self.version, paid=self.basket.amount - self.most.discount)


def quote(*, identity: Identity, basket: Basket, now: datetime) -> Quote:
    """What this basket earns and how much it may use. Nothing is written, and nobody made.

    Raises FeatureOffError, WrongCurrencyError, InvalidOrderError.
    """
    require(Feature.LOYALTY)
    _check(basket)
    profile = finding.find(identity=identity)
    version, member, available = versions.in_force(now=now), False, 0
    if profile is not None and version is not None:
        member = membership.is_member(profile_id=profile.id)
        available = ledger.balance(owner_id=profile.id, unit=version.unit).available
        if basket.id:
            available += checkout_holds.held_for(external_id=basket.id, profile_id=profile.id)
    return Quote(
        basket=basket,
        version=version,
        profile=profile,
        member=member,
        available=available,
        earns=checkout.earns(version=version, paid=basket.amount),
        most=checkout.usable(
            version=version, member=member, available=available, amount=basket.amount
        ),
    )


@atomic_with_retry
def points_held(
    *, identity: Identity, basket: Basket, points: int, now: datetime
) -> tuple[CheckoutHold, bool]:
    """Set points aside for a basket; returns (hold, is new).

    Raises UnknownProfileError for a person without a cagnotte, and the errors of
    `checkout_holds.hold` and `quote`.
    """
    require(Feature.LOYALTY)
    _check(basket)
    profile = finding.find(identity=identity, lock=True)
    if profile is None:
        raise UnknownProfileError(param="customer")
    return checkout_holds.hold(
        external_id=basket.id, profile=profile, amount=basket.amount, points=points, now=now
    )


def points_released(*, reference: str, now: datetime) -> CheckoutHold:
    """The basket was given up: its points go back. Twice is once."""
    return checkout_holds.release(reference=reference, now=now)


@atomic_with_retry
def loyalty_joined(
    *, identity: Identity, source: JoinedBy, origin: str, now: datetime
) -> tuple[Profile, bool]:
    """Make a person a member, known or not; returns (profile, joined only now)."""
    require(Feature.LOYALTY)
    profile, _new = profiles.find_or_create(identity=identity, source=origin, now=now)
    return profile, membership.join(profile_id=profile.id, source=source, now=now)


def hold_expired(*, transfer_id: uuid.UUID, now: datetime) -> bool:
    """Time ran out for a basket; False where what was set aside is no basket's."""
    return checkout_holds.expire(transfer_id=transfer_id, now=now)


def _check(basket: Basket) -> None:
    if not 0 < basket.amount <= MOST_CENTS:
        raise InvalidOrderError(
            _("Indiquez un montant en centimes, entre 1 et 100 000 000."), param="amount"
        )
    currency = current_tenant().currency
    if basket.currency != currency:
        raise WrongCurrencyError(
            _("Le programme compte en %(expected)s : cette commande est en %(found)s.")
            % {"expected": currency, "found": basket.currency},
            param="currency",
        )
