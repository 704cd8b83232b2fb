"""Points that a basket holds until its order is paid, cancelled or forgotten."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from tenants.activity.models import Order
from tenants.loyalty.models.rules import LoyaltyVersion
from tenants.profiles.models import Profile


class HoldState(models.TextChoices):
    HELD = "held"
    USED = "used"
    RELEASED = "released"


class CheckoutHold(models.Model):
    """Points set aside for one basket. `external_id` is the shop's own name for that basket."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    external_id = models.CharField(max_length=80, unique=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="holds")
    version = models.ForeignKey(LoyaltyVersion, on_delete=models.PROTECT)
    points = models.BigIntegerField()
    discount = models.BigIntegerField(help_text="Cents.")
    basket_amount = models.BigIntegerField(help_text="Cents, before the discount.")
    transfer_id = models.UUIDField(unique=True)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, related_name="points_used"
    )
    state = models.CharField(max_length=8, choices=HoldState.choices, default=HoldState.HELD)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "loyalty_checkout_hold"
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="hold_open"),
            models.Index(fields=["profile", "-created_at"], name="hold_of_profile"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0, discount__gt=0), name="hold_amounts")
        ]

    @property
    def public_id(self) -> str:
        return public_id("hld", self.id)
