"""What referrals granted into cagnottes."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.programme.models.versions import ProgrammeVersion, Side, Trigger
from tenants.referrals.models import Referral


class RewardState(models.TextChoices):
    PENDING = "pending", "En attente"
    POSTED = "posted", "Disponible"
    CANCELLED = "cancelled", "Annulé"


class Reward(models.Model):
    """What a referral granted to one side, and the ledger's transfer behind it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="rewards")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rewards", null=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="rewards")
    side = models.CharField(max_length=8, choices=Side.choices)
    trigger = models.CharField(
        max_length=10,
        choices=Trigger.choices,
        default=Trigger.QUALIFYING,
        db_default="order",
    )
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    reversed = models.BigIntegerField(default=0, db_default=0)
    unit = models.CharField(max_length=3)
    transfer_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=9, choices=RewardState.choices, default=RewardState.PENDING)
    due_at = models.DateTimeField(null=True, help_text="Null: waits for the order's confirmation.")
    granted_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programme_reward"
        indexes = [models.Index(fields=["profile", "-granted_at"], name="reward_of_profile")]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "side", "trigger"], name="one_reward_for_side_and_trigger"
            ),
            models.CheckConstraint(
                condition=Q(reversed__gte=0, reversed__lte=models.F("amount")),
                name="reward_reversed_within_amount",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("rwd", self.id)
