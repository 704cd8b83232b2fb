"""Orders, their refunds, and what was refused at the door."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import public_id, uuid7
from tenants.activity.models.sources import Source
from tenants.profiles.models import Profile


class OrderState(models.TextChoices):
    """`reported` waits until a trusted source says the same."""

    REPORTED = "reported", "À confirmer"
    CONFIRMED = "confirmed", "Confirmée"
    REFUNDED = "refunded", "Remboursée"


class Order(models.Model):
    """One order. Its `external_id`, the shop's own number, counts once for ever (R3).

    A test may have borrowed a number that a real order has later, or had: each counts once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    external_id = models.CharField(max_length=80, db_index=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="orders")
    amount = models.BigIntegerField(help_text="Cents, all taxes included.")
    currency = models.CharField(max_length=3)
    ordered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=9, choices=OrderState.choices)
    refunded = models.BigIntegerField(default=0, db_default=0)
    is_test = models.BooleanField(default=False, db_default=False)
    # Keyed hashes (D9): they compare where fraud is judged, and tell nothing.
    device_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    address_hash = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        db_table = "activity_order"
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="order_received"),
            models.Index(fields=["profile", "-ordered_at"], name="order_of_profile"),
            models.Index(
                fields=["received_at"], condition=Q(state="reported"), name="order_reported"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["external_id", "is_test"], name="order_counts_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, refunded__gte=0, refunded__lte=F("amount")),
                name="order_refunded_within_amount",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("ord", self.id)


class Refund(models.Model):
    """Money given back on an order; `external_id` counts once for each order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    external_id = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    refunded_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "activity_refund"
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id"], name="refund_counts_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
        ]


class Refusal(models.Model):
    """An order that came to a door and was not taken, so that the merchant can see why (SP-23)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    received_at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    external_id = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40)
    param = models.CharField(max_length=60, blank=True)
    connection = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="What brought it (O7)."
    )

    class Meta:
        db_table = "activity_refusal"
