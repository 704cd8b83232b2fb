"""What Stripe told: events by their ids, and invoices as they stand there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class EventState(models.TextChoices):
    WAITING = "waiting", "waiting"
    HANDLED = "handled", "handled"
    IGNORED = "ignored", "ignored"


class StripeEvent(models.Model):
    """An event that came, or was fetched, once. It holds ids only: the worker asks Stripe."""

    id = models.CharField(primary_key=True, max_length=255)
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True)
    customer_id = models.CharField(max_length=255, blank=True, db_index=True)
    subscription_id = models.CharField(max_length=255, blank=True)
    livemode = models.BooleanField()
    state = models.CharField(
        max_length=8, choices=EventState.choices, default=EventState.WAITING, db_index=True
    )
    # When Stripe made it, when it came, when its account was brought up to date.
    created = models.DateTimeField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)


class InvoiceState(models.TextChoices):
    """Stripe's own words; what is still a draft there is not kept."""

    OPEN = "open", _("À payer")
    PAID = "paid", _("Payée")
    UNCOLLECTIBLE = "uncollectible", _("Impayée")
    VOID = "void", _("Annulée")


class Invoice(models.Model):
    """One invoice of Ricochet to a merchant, as Stripe last told it; amounts are in cents."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(db_index=True)
    stripe_id = models.CharField(max_length=255, unique=True)
    number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=13, choices=InvoiceState.choices)
    billing_reason = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    tax = models.BigIntegerField(default=0, db_default=0)
    amount_paid = models.BigIntegerField(default=0, db_default=0)
    amount_remaining = models.BigIntegerField(default=0, db_default=0)
    hosted_url = models.URLField(max_length=2_000, blank=True)
    pdf_url = models.URLField(max_length=2_000, blank=True)
    period_start = models.DateTimeField(null=True)
    period_end = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "-created_at"], name="invoice_newest_first")]
