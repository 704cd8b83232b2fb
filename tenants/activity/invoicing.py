"""Storing invoices and the payments on them, each of them once (FS-05).

An invoice counts on the day on which its payments reach the total, and counts once. Whoever
calls holds the customer's lock; the invoice's comes after it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert, insert_if_absent
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from tenants.activity.models import Invoice, InvoiceState, Payment, PaymentKind
from tenants.activity.services import (
    MOST_CENTS,
    FutureOrderError,
    WrongCurrencyError,
    lies_in_future,
)
from tenants.activity.types import InvoiceInput, PaymentInput
from tenants.profiles.models import Profile


class InvalidInvoiceError(InvalidInputError):
    """The invoice or the payment cannot be taken as it is."""

    code = "invalid_invoice"
    words = gettext_lazy("Cette facture ne peut pas être prise telle quelle.")


class InvoiceChangedError(ConflictError):
    """An invoice of this id was received before, with other contents."""

    code = "invoice_already_received"
    words = gettext_lazy("Cette facture est déjà connue, avec un autre contenu.")


class UnknownInvoiceError(NotFoundError):
    """No invoice of this id was received."""

    code = "unknown_invoice"
    words = gettext_lazy("Aucune facture ne porte ce numéro.")


class InvoiceCancelledError(ConflictError):
    """The invoice was cancelled: nothing can be paid on it."""

    code = "invoice_cancelled"
    words = gettext_lazy("Cette facture est annulée : elle ne se règle plus.")


class PaymentChangedError(ConflictError):
    """A payment of this id was received before, with another amount or kind."""

    code = "payment_already_received"
    words = gettext_lazy("Ce paiement est déjà connu, avec un autre contenu.")


class PaymentTooLargeError(ConflictError):
    """More would be paid than is owed."""

    code = "payment_too_large"
    words = gettext_lazy("Le paiement dépasse ce qui reste à régler.")


class PaidBackTooMuchError(ConflictError):
    """More would be given back than was paid."""

    code = "payment_refund_too_large"
    words = gettext_lazy("Le remboursement dépasse ce qui a été réglé.")


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment brought about: `completes` where the total was reached for the first time."""

    invoice: Invoice
    payment: Payment
    created: bool
    completes: bool = False


def check_invoice(*, invoice: InvoiceInput, currency: str, now: datetime) -> None:
    """Raise the error that says what to mend, before anything is written."""
    if not invoice.external_id.strip():
        raise InvalidInvoiceError(_("Indiquez le numéro de la facture."), param="id")
    if not 0 < invoice.total <= MOST_CENTS:
        raise InvalidInvoiceError(
            _("Indiquez un montant en centimes, entre 1 et 100 000 000."), param="total"
        )
    if invoice.currency != currency:
        raise WrongCurrencyError(
            _("Le programme compte en %(expected)s : cette facture est en %(found)s.")
            % {"expected": currency, "found": invoice.currency},
            param="currency",
        )
    if lies_in_future(invoice.issued_at, now=now):
        raise FutureOrderError(_("La date de la facture est dans le futur."), param="issued_at")


@atomic_with_retry
def record_invoice(
    *, invoice: InvoiceInput, profile: Profile, now: datetime
) -> tuple[Invoice, bool]:
    """Store an invoice unless its id was stored before; returns (invoice locked, is new).

    The same invoice again is the stored one; other contents raise InvoiceChangedError.
    """
    row = Invoice(
        external_id=invoice.external_id,
        profile=profile,
        label=invoice.label,
        total=invoice.total,
        currency=invoice.currency,
        issued_at=invoice.issued_at,
        received_at=now,
        source=invoice.source,
        state=InvoiceState.OPEN,
        is_test=invoice.is_test,
    )
    # Waits for another transaction that is storing the same id, then sees its row.
    if insert_if_absent([row]):
        return row, True
    stored = Invoice.objects.select_for_update().get(
        external_id=invoice.external_id, is_test=invoice.is_test
    )
    if stored.profile_id != profile.id or stored.currency != invoice.currency:
        raise InvoiceChangedError(param="id")
    if stored.total != invoice.total:
        raise InvoiceChangedError(param="total")
    return stored, False


@atomic_with_retry
def record_payment(
    *, external_id: str, payment: PaymentInput, now: datetime, of_test: bool = False
) -> Paid:
    """Store a payment, or money given back, unless it was stored before; locks the invoice."""
    invoice = _locked(external_id, of_test)
    earlier = Payment.objects.filter(invoice=invoice, external_id=payment.external_id).first()
    if earlier is not None:
        if (earlier.amount, earlier.kind) != (payment.amount, payment.kind):
            raise PaymentChangedError(param="amount")
        return Paid(invoice=invoice, payment=earlier, created=False)
    _check_payment(invoice, payment, now)
    row = Payment(
        invoice=invoice,
        external_id=payment.external_id,
        kind=payment.kind,
        amount=payment.amount,
        paid_at=payment.paid_at,
        received_at=now,
    )
    insert([row])
    refund = payment.kind == PaymentKind.REFUND
    invoice.paid += -payment.amount if refund else payment.amount
    completes = invoice.paid == invoice.total and invoice.paid_at is None
    if completes:
        invoice.state = InvoiceState.PAID
        # A deposit may be told after the balance: the total was reached by the last of them.
        invoice.paid_at = invoice.payments.aggregate(last=Max("paid_at"))["last"]
    invoice.save(update_fields=["paid", "paid_at", "state"])
    return Paid(invoice=invoice, payment=row, created=True, completes=completes)


@atomic_with_retry
def cancel_invoice(*, external_id: str, of_test: bool = False) -> tuple[Invoice, bool]:
    """Cancel an invoice: (invoice locked, was not cancelled before). Payments stay as they are."""
    invoice = _locked(external_id, of_test)
    if invoice.state == InvoiceState.CANCELLED:
        return invoice, False
    invoice.state = InvoiceState.CANCELLED
    invoice.save(update_fields=["state"])
    return invoice, True


def kept_of(invoice: Invoice) -> int:
    """The cents of an invoice that count: what is paid, and nothing once it is cancelled."""
    return 0 if invoice.state == InvoiceState.CANCELLED else invoice.paid


def _locked(external_id: str, of_test: bool) -> Invoice:
    rows = Invoice.objects.select_for_update().filter(external_id=external_id, is_test=of_test)
    invoice = rows.first()
    if invoice is None:
        raise UnknownInvoiceError
    return invoice


def _check_payment(invoice: Invoice, payment: PaymentInput, now: datetime) -> None:
    if not payment.external_id.strip():
        raise InvalidInvoiceError(_("Indiquez l’identifiant du paiement."), param="id")
    if not 0 < payment.amount <= MOST_CENTS:
        raise InvalidInvoiceError(
            _("Indiquez un montant en centimes, entre 1 et 100 000 000."), param="amount"
        )
    if lies_in_future(payment.paid_at, now=now):
        raise FutureOrderError(_("La date du paiement est dans le futur."), param="paid_at")
    if payment.kind == PaymentKind.REFUND:
        if payment.amount > invoice.paid:
            raise PaidBackTooMuchError(
                _("%(paid)s centimes ont été réglés sur cette facture : rien de plus à rendre.")
                % {"paid": invoice.paid},
                param="amount",
            )
        return
    if invoice.state == InvoiceState.CANCELLED:
        raise InvoiceCancelledError
    if invoice.paid + payment.amount > invoice.total:
        raise PaymentTooLargeError(
            _("Il reste %(left)s centimes à régler sur cette facture.")
            % {"left": invoice.total - invoice.paid},
            param="amount",
        )
