"""The programme's dated rules, what they granted, and why."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.referrals.models import Referral


class ProgrammeVersion(models.Model):
    """The rules from `starts_at` on. A row is never changed: a new rule is a new row (FS-21).

    Amounts are in `unit`: cents of a currency, or points.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.IntegerField(unique=True)
    starts_at = models.DateTimeField()
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")
    active = models.BooleanField(default=True)
    name = models.CharField(max_length=60, default="Ma cagnotte")
    unit = models.CharField(max_length=3, default="EUR")
    referrer_amount = models.BigIntegerField(default=800)
    referee_amount = models.BigIntegerField(default=500)
    minimum_order = models.BigIntegerField(default=0)
    pending_days = models.IntegerField(default=14)
    cookie_days = models.IntegerField(default=30)
    expiry_months = models.IntegerField(null=True, blank=True)
    referrals_a_year = models.IntegerField(null=True, blank=True)
    terms = models.TextField(blank=True)

    class Meta:
        db_table = "programme_version"
        ordering = ["-starts_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    referrer_amount__gte=0,
                    referee_amount__gte=0,
                    minimum_order__gte=0,
                    pending_days__gte=0,
                    cookie_days__gt=0,
                ),
                name="programme_amounts",
            )
        ]


class Side(models.TextChoices):
    REFERRER = "referrer", "Parrain"
    REFEREE = "referee", "Filleul"


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
            models.UniqueConstraint(fields=["referral", "side"], name="one_reward_for_each_side"),
            models.CheckConstraint(
                condition=Q(reversed__gte=0, reversed__lte=models.F("amount")),
                name="reward_reversed_within_amount",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("rwd", self.id)


class Decision(models.Model):
    """Every grant and every refusal, explained. Append-only; facts are ids, dates and amounts.

    The sentence is written when it is read, for who reads it (`sentences`), so that it can name
    people without keeping their names here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40)
    decided_at = models.DateTimeField()
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="decisions", null=True
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="decisions", null=True)
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="decisions", null=True
    )
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, null=True)
    amount = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=3, blank=True)
    facts = models.JSONField(default=dict)
    author_id = models.UUIDField(null=True, help_text="The user who decided, if a person did.")

    class Meta:
        db_table = "programme_decision"
        indexes = [
            models.Index(fields=["order"], name="decision_of_order"),
            models.Index(fields=["profile", "-decided_at"], name="decision_of_profile"),
        ]
