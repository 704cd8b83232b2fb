"""Invoices, and the deposits, balances and refunds that were paid on them (FS-05)."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from tenants.activity.models.sources import Source
from tenants.profiles.models import Profile


class InvoiceState(models.TextChoices):
    OPEN = "open", "À régler"
    PAID = "paid", "Réglée"
    CANCELLED = "cancelled", "Annulée"


class Invoice(models.Model):
    """What a customer owes for a service. It counts on the day it is fully paid.

    A test may have borrowed a number that a real invoice has later, or had: each counts once.
    Amounts are cents; `paid` is the sum of the payments less what was given back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    external_id = models.CharField(max_length=80, db_index=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="invoices")
    label = models.CharField(max_length=120, blank=True)
    total = models.BigIntegerField()
    paid = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, help_text="When it was fully paid.")
    received_at = models.DateTimeField()
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=9, choices=InvoiceState.choices)
    is_test = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "activity_invoice"
        indexes = [
            models.Index(fields=["profile", "-issued_at"], name="invoice_of_profile"),
            models.Index(
                fields=["paid_at"], condition=Q(paid_at__isnull=False), name="invoice_paid"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["external_id", "is_test"], name="invoice_counts_once"),
            models.CheckConstraint(condition=Q(total__gt=0, paid__gte=0), name="invoice_amounts"),
        ]

    @property
    def public_id(self) -> str:
        return public_id("ivc", self.id)


class PaymentKind(models.TextChoices):
    DEPOSIT = "deposit", "Acompte"
    BALANCE = "balance", "Solde"
    FULL = "full", "Règlement"
    REFUND = "refund", "Remboursement"


class Payment(models.Model):
    """Money that moved on an invoice; `external_id` counts once for each invoice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    external_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=7, choices=PaymentKind.choices)
    amount = models.BigIntegerField(help_text="Cents, positive; a refund's too.")
    paid_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "activity_payment"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "external_id"], name="payment_counts_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
        ]
