"""What a merchant does by hand, beyond `services`: facts of their own, and corrections."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import ConflictError
from tenants.activity.models import Order, OrderState, Source
from tenants.activity.services import UnknownOrderError
from tenants.activity.types import OrderInput, RefundInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity, NoIdentityError
from tenants.programme import conductor
from tenants.programme.conductor import Outcome


class OrderNumberTakenError(ConflictError):
    """Another customer's order has this number."""

    code = "order_already_received"
    words = gettext_lazy("La commande d’un autre client porte ce numéro. Vérifiez-le.")


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
            _("Ajoutez d’abord une adresse e-mail à ce client : elle relie la commande à sa fiche.")
        )
    taken = Order.objects.filter(external_id=number, is_test=False).exclude(profile=profile)
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


def number_of(*, key: uuid.UUID) -> str:
    """A number for an order that has none: the form's own, so that sending it twice is once."""
    return f"M-{key.hex[-10:].upper()}"


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
            # By their record: of whom a browser alone named, the shop's id may be another's by now.
            customer=replace(_identity(order.profile), profile_id=order.profile_id),
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
        of_test=order.is_test,
        refund=RefundInput(external_id=f"manual-{key}", amount=amount, refunded_at=now),
        now=now,
    )


def _identity(profile: Profile) -> Identity:
    return Identity(email=profile.email, external_id=profile.external_id or "")
