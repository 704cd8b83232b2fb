"""Invoices and the payments on them (FS-05)."""

from dataclasses import dataclass
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.activity import invoicing
from tenants.activity.models import Invoice, Payment, PaymentKind
from tenants.activity.types import InvoiceInput, PaymentInput
from tenants.context import current_tenant
from tenants.loyalty.models import Earning
from tenants.profiles import figures
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import earning


@dataclass(frozen=True, slots=True)
class InvoiceOutcome:
    """What became of an invoice: the row, and whether it is new."""

    invoice: Invoice
    created: bool


@dataclass(frozen=True, slots=True)
class PaymentOutcome:
    """What a payment brought about: `earning` where it was the one that settled the invoice."""

    invoice: Invoice
    payment: Payment
    created: bool
    earning: Earning | None = None


@atomic_with_retry
def invoice_received(*, invoice: InvoiceInput, now: datetime) -> InvoiceOutcome:
    """Take in an invoice. It counts when it is fully paid; the same one again changes nothing.

    Raises the errors of `activity.invoicing`.
    """
    invoicing.check_invoice(invoice=invoice, currency=current_tenant().currency, now=now)
    profile, _ = profiles.find_or_create(identity=invoice.customer, source=invoice.source, now=now)
    row, created = invoicing.record_invoice(invoice=invoice, profile=profile, now=now)
    return InvoiceOutcome(invoice=row, created=created)


@atomic_with_retry
def payment_received(
    *, invoice_id: str, payment: PaymentInput, now: datetime, of_test: bool = False
) -> PaymentOutcome:
    """Take in a deposit, a balance, a payment or money given back on this invoice.

    The payment that reaches the total makes the invoice earn, once; money that goes back takes
    back in proportion, and earns again when it is paid again. The same payment again changes
    nothing. `of_test` means the test's invoice, where a real one has its number too.
    """
    profile = _lock_customer(invoice_id, of_test)
    paid = invoicing.record_payment(
        external_id=invoice_id, payment=payment, of_test=of_test, now=now
    )
    invoice, earned = paid.invoice, None
    if paid.created and profile is not None and not invoice.is_test:
        if paid.completes:
            figures.count_order(profile=profile, amount=invoice.total, at=_paid_at(invoice))
            earned = earning.earn(fact=earning.of_invoice(invoice, profile), now=now)
        elif invoice.paid_at is not None:
            _count(paid.payment, profile)
            _settle(invoice, profile, source=f"payment:{paid.payment.id}", now=now)
    return PaymentOutcome(
        invoice=invoice, payment=paid.payment, created=paid.created, earning=earned
    )


@atomic_with_retry
def invoice_cancelled(*, invoice_id: str, now: datetime, of_test: bool = False) -> Invoice:
    """Cancel an invoice: what it earned is taken back. Twice is once; `of_test` as above."""
    profile = _lock_customer(invoice_id, of_test)
    invoice, changed = invoicing.cancel_invoice(external_id=invoice_id, of_test=of_test)
    if changed and profile is not None and invoice.paid_at is not None and not invoice.is_test:
        _settle(invoice, profile, source=f"invoice_cancelled:{invoice.id}", now=now)
    return invoice


def _paid_at(invoice: Invoice) -> datetime:
    return invoice.paid_at or invoice.issued_at


def _count(payment: Payment, profile: Profile) -> None:
    """A settled invoice is a purchase of the customer's: what goes back and forth is its total."""
    if payment.kind == PaymentKind.REFUND:
        figures.uncount_amount(profile=profile, amount=payment.amount)
    else:
        figures.count_amount(profile=profile, amount=payment.amount)


def _settle(invoice: Invoice, profile: Profile, *, source: str, now: datetime) -> None:
    earning.take_back(
        fact=earning.of_invoice(invoice, profile),
        kept=invoicing.kept_of(invoice),
        whole=invoice.total,
        source=source,
        now=now,
    )


def _lock_customer(invoice_id: str, of_test: bool) -> Profile | None:
    """The customer, then the invoice: every road takes its locks in this order."""
    rows = Profile.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(invoices__external_id=invoice_id, invoices__is_test=of_test).first()
