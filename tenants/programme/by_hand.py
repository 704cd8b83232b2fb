"""What a merchant does by hand, beyond `services`: facts of their own, and corrections."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, NotFoundError
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallets
from tenants.activity.models import Order, OrderState, Source
from tenants.activity.services import UnknownOrderError
from tenants.activity.types import OrderInput, RefundInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity, NoIdentityError
from tenants.programme import conductor, decisions, notices, services
from tenants.programme.conductor import Outcome
from tenants.programme.decisions import Code
from tenants.programme.models import Reward, RewardState
from tenants.referrals import services as referrals
from tenants.referrals.models import OPEN_STATES, Referral, ReferralState


class UnknownReferralError(NotFoundError):
    """There is no such referral."""

    code = "unknown_referral"
    words = gettext_lazy("Ce parrainage n’existe pas.")


class OrderNumberTakenError(ConflictError):
    """Another customer's order has this number."""

    code = "order_already_received"
    words = gettext_lazy("La commande d’un autre client porte ce numéro.")


@atomic_with_retry
def refer(
    *, referrer: Profile, referee: Profile, author_id: uuid.UUID | None, now: datetime
) -> tuple[Referral, bool]:
    """Say who brought whom; the same pair again is the referral that exists: (row, is new)."""
    Profile.objects.select_for_update().get(id=referee.id)
    earlier = Referral.objects.filter(
        referrer=referrer, referee=referee, state__in=OPEN_STATES
    ).first()
    if earlier is not None:
        return earlier, False
    made = services.refer_by_hand(referrer=referrer, referee=referee, author_id=author_id, now=now)
    return made, True


@atomic_with_retry
def remove_referral(
    *, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime
) -> Referral:
    """Take a referral back: what both sides got for it is reversed, and both are told (OF-04).

    One that does not count any more is answered as it is. Raises UnknownReferralError.
    """
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("referrer", "referee")
        .filter(id=referral_id)
        .first()
    )
    if referral is None:
        raise UnknownReferralError
    if referral.state not in OPEN_STATES:
        return referral
    rewards = list(
        Reward.objects.select_for_update(of=("self",))
        .select_related("profile", "referral__referee", "version", "order")
        .filter(referral=referral)
        .exclude(state=RewardState.CANCELLED)
        .order_by("id")
    )
    for unit in {reward.unit for reward in rewards}:
        lock_wallets(owner_ids=[r.profile_id for r in rewards if r.unit == unit], unit=unit)
    for reward in rewards:
        _take_back(reward, now)
    referrals.settle(referral=referral, state=ReferralState.REVERSED, now=now)
    decisions.note(
        code=Code.REMOVED_BY_HAND,
        now=now,
        profile=referral.referrer,
        order=referral.order,
        referral=referral,
        author_id=author_id,
    )
    return referral


def _take_back(reward: Reward, now: datetime) -> None:
    left = reward.amount - reward.reversed
    source = f"referral:{reward.referral_id}"
    ledger.reverse(
        transfer_id=reward.transfer_id,
        amount=left,
        reason="referral_removed",
        source=source,
        key=f"removed:{reward.id}",
        now=now,
    )
    reward.reversed, reward.state = reward.amount, RewardState.CANCELLED
    reward.save(update_fields=["reversed", "state"])
    notices.reward_reversed(reward=reward, amount=left, source=source, now=now, by_hand=True)


def add_order(
    *,
    profile: Profile,
    number: str,
    amount: int,
    currency: str,
    ordered_at: datetime,
    code: str,
    now: datetime,
) -> Outcome:
    """Take in an order that the merchant enters. `amount` is in cents.

    Raises NoIdentityError for a customer without e-mail and shop id, OrderNumberTakenError, and
    what `conductor.order_received` raises.
    """
    if not (profile.email or profile.external_id):
        raise NoIdentityError(
            _("Ajoutez d’abord une adresse e-mail à ce client : elle relie la commande à sa fiche.")
        )
    taken = Order.objects.filter(external_id=number).exclude(profile=profile)
    if taken.exists():
        raise OrderNumberTakenError(
            _("Ce numéro est celui d’une autre commande. Vérifiez-le."), param="number"
        )
    return conductor.order_received(
        order=OrderInput(
            external_id=number,
            amount=amount,
            currency=currency,
            ordered_at=ordered_at,
            customer=_identity(profile),
            source=Source.MANUAL,
            referral_code=code,
        ),
        now=now,
    )


def confirm_order(*, order_id: uuid.UUID, now: datetime) -> Order:
    """The merchant says that an order which only a browser reported is real."""
    order = Order.objects.select_related("profile").filter(id=order_id).first()
    if order is None:
        raise UnknownOrderError
    if order.state != OrderState.REPORTED:
        return order
    outcome = conductor.order_received(
        order=OrderInput(
            external_id=order.external_id,
            amount=order.amount,
            currency=order.currency,
            ordered_at=order.ordered_at,
            customer=_identity(order.profile),
            source=Source.MANUAL,
            is_test=order.is_test,
        ),
        now=now,
    )
    return outcome.order


def refund(*, order: Order, amount: int, key: str, now: datetime) -> Order:
    """The merchant enters a refund of `amount` cents; the same `key` counts once."""
    return conductor.refund_received(
        order_id=order.external_id,
        refund=RefundInput(external_id=f"manual-{key}", amount=amount, refunded_at=now),
        now=now,
    )


def _identity(profile: Profile) -> Identity:
    return Identity(email=profile.email, external_id=profile.external_id or "")
