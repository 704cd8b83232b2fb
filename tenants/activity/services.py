"""Storing facts, each of them once."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kernel.slices import delete_in_slices
from tenants.activity import fingerprints
from tenants.activity.models import Order, OrderState, Refund, Refusal, Source
from tenants.activity.types import OrderInput, RefundInput
from tenants.profiles.models import Profile

MOST_CENTS = 100_000_000
# A shop's clock may be a little ahead of ours.
_CLOCK_SKEW = timedelta(minutes=10)
# Refusals explain what a shop sent wrong; a quarter later it was mended or given up.
KEEP_REFUSALS = timedelta(days=90)


class InvalidOrderError(InvalidInputError):
    """The order cannot be taken as it is."""

    code = "invalid_order"
    words = gettext_lazy("Cette commande ne peut pas être prise telle quelle.")


class WrongCurrencyError(InvalidInputError):
    """The order is in another currency than the programme."""

    code = "wrong_currency"
    words = gettext_lazy("Cette commande n’est pas dans la monnaie du programme.")


class FutureOrderError(InvalidInputError):
    """The order's date lies in the future."""

    code = "date_in_future"
    words = gettext_lazy("Cette date est dans le futur.")


class OrderChangedError(ConflictError):
    """An order of this id was received before, with other contents."""

    code = "order_already_received"
    words = gettext_lazy("Cette commande est déjà connue, avec un autre contenu.")


class UnknownOrderError(NotFoundError):
    """No order of this id was received."""

    code = "unknown_order"
    words = gettext_lazy("Aucune commande ne porte ce numéro.")


class RefundTooLargeError(ConflictError):
    """More would be refunded than was paid."""

    code = "refund_too_large"
    words = gettext_lazy("Le remboursement dépasse ce qui reste de la commande.")


class RefundChangedError(ConflictError):
    """A refund of this id was received before, with another amount."""

    code = "refund_already_received"
    words = gettext_lazy("Ce remboursement est déjà connu, avec un autre montant.")


class OrderNotConfirmedError(ConflictError):
    """The order was only reported by a browser; confirm it before refunding it."""

    code = "order_not_confirmed"
    words = gettext_lazy("Confirmez d’abord cette commande : seul le navigateur l’a annoncée.")


def lies_in_future(moment: datetime, *, now: datetime) -> bool:
    """Whether a fact's date lies ahead, beyond what two clocks may differ."""
    return moment > now + _CLOCK_SKEW


def check_order(*, order: OrderInput, currency: str, now: datetime) -> None:
    """Raise the error that says what to mend, before anything is written."""
    if not order.external_id.strip():
        raise InvalidOrderError(_("Indiquez l’identifiant de la commande."), param="id")
    if not 0 < order.amount <= MOST_CENTS:
        raise InvalidOrderError(
            _("Indiquez un montant en centimes, entre 1 et 100 000 000."), param="amount"
        )
    if order.currency != currency:
        raise WrongCurrencyError(
            _("Le programme compte en %(expected)s : cette commande est en %(found)s.")
            % {"expected": currency, "found": order.currency},
            param="currency",
        )
    if lies_in_future(order.ordered_at, now=now):
        raise FutureOrderError(_("La date de la commande est dans le futur."), param="ordered_at")


@atomic_with_retry
def record_order(*, order: OrderInput, profile: Profile, now: datetime) -> tuple[Order, bool]:
    """Store an order unless its id was stored before; returns (order locked, is new).

    The same order again is the stored one; other contents raise OrderChangedError.
    """
    trusted = order.source.trusted
    row = Order(
        external_id=order.external_id,
        profile=profile,
        amount=order.amount,
        currency=order.currency,
        ordered_at=order.ordered_at,
        received_at=now,
        confirmed_at=now if trusted else None,
        source=order.source,
        state=OrderState.CONFIRMED if trusted else OrderState.REPORTED,
        is_test=order.is_test,
        device_hash=fingerprints.of_device(order.device),
        address_hash=fingerprints.of_address(order.shipping_address),
    )
    # Waits for another transaction that is storing the same id, then sees its row.
    if insert_if_absent([row]):
        return row, True
    stored = Order.objects.select_for_update().get(
        external_id=order.external_id, is_test=order.is_test
    )
    _check_same(stored, order, profile)
    return stored, False


def confirm_order(
    *, order: Order, order_input: OrderInput, profile: Profile, now: datetime
) -> None:
    """A trusted source says that a reported (locked) order is real.

    Its word replaces all that the browser said: a forged report cannot stand in its way.
    """
    order.profile = profile
    order.state = OrderState.CONFIRMED
    order.confirmed_at = now
    order.source = order_input.source
    order.amount = order_input.amount
    order.ordered_at = order_input.ordered_at
    changed = ["profile", "state", "confirmed_at", "source", "amount", "ordered_at"]
    # The server often does not see the device, nor the browser the address: each adds its own.
    order.device_hash = fingerprints.of_device(order_input.device) or order.device_hash
    order.address_hash = fingerprints.of_address(order_input.shipping_address) or order.address_hash
    changed += ["device_hash", "address_hash"]
    order.save(update_fields=changed)


def order_named(*, external_id: str, of_test: bool = False) -> Order:
    """The order with this number: the real one, or for a test the test's; else the other.

    UnknownOrderError where there is neither.
    """
    rows = Order.objects.filter(external_id=external_id)
    found = rows.order_by("-is_test" if of_test else "is_test").first()
    if found is None:
        raise UnknownOrderError
    return found


@atomic_with_retry
def record_refund(
    *, order_id: uuid.UUID, refund: RefundInput, now: datetime
) -> tuple[Order, Refund, bool]:
    """Store a refund unless it was stored before; returns (order locked, refund, is new)."""
    order = Order.objects.select_for_update().get(id=order_id)
    earlier = Refund.objects.filter(order=order, external_id=refund.external_id).first()
    if earlier is not None:
        if earlier.amount != refund.amount:
            raise RefundChangedError(param="amount")
        return order, earlier, False
    if order.state == OrderState.REPORTED:
        raise OrderNotConfirmedError
    if not 0 < refund.amount <= MOST_CENTS:
        raise InvalidOrderError(
            _("Indiquez un montant en centimes, entre 1 et 100 000 000."), param="amount"
        )
    if lies_in_future(refund.refunded_at, now=now):
        raise FutureOrderError(
            _("La date du remboursement est dans le futur."), param="refunded_at"
        )
    if order.refunded + refund.amount > order.amount:
        raise RefundTooLargeError(
            _("Il reste %(left)s centimes à rembourser sur cette commande.")
            % {"left": order.amount - order.refunded},
            param="amount",
        )
    row = Refund.objects.create(
        order=order,
        external_id=refund.external_id,
        amount=refund.amount,
        refunded_at=refund.refunded_at,
        received_at=now,
    )
    order.refunded += refund.amount
    if order.refunded == order.amount:
        order.state = OrderState.REFUNDED
    order.save(update_fields=["refunded", "state"])
    return order, row, True


def record_refusal(
    *,
    source: Source,
    external_id: str,
    code: str,
    param: str,
    now: datetime,
    connection: str = "",
) -> None:
    """Remember that an order was not taken. Called outside the transaction that failed."""
    with transaction.atomic():
        Refusal.objects.create(
            received_at=now,
            source=source,
            external_id=external_id[:80],
            code=code,
            param=param[:60],
            connection=connection,
        )


def _check_same(stored: Order, order: OrderInput, profile: Profile) -> None:
    """A trusted source may not contradict another; what a browser says changes nothing."""
    if not order.source.trusted or stored.state == OrderState.REPORTED:
        return
    if stored.profile_id != profile.id or stored.currency != order.currency:
        raise OrderChangedError(param="id")
    if stored.amount != order.amount:
        raise OrderChangedError(param="amount")


def forget_old_refusals(*, now: datetime) -> int:
    """Delete what was refused at the doors more than 90 days ago; returns how many."""
    return delete_in_slices(Refusal.objects.filter(received_at__lt=now - KEEP_REFUSALS))
