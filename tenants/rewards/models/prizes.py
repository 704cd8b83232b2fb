"""Prizes that a merchant offers, and customers' claims of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7
from tenants.profiles.models import Profile
from tenants.rewards.models.codes import CodeList


class PrizeKind(models.TextChoices):
    """What a prize is, which says how it reaches the customer (SP-03, SP-04)."""

    DISCOUNT = "discount", _("Remise sur un achat")
    VOUCHER = "voucher", _("Bon d’achat")
    ORDER_GIFT = "order", _("Cadeau avec une commande")
    GIFT = "gift", _("Cadeau à remettre")
    POST = "post", _("Envoi par courrier")
    EMAIL = "email", _("Envoi par e-mail")
    PARTNER_VOUCHER = "partner", _("Bon chez un partenaire")


# Kinds that are a code, which the customer has at once; others are prepared by the merchant.
CODE_KINDS = (
    PrizeKind.DISCOUNT,
    PrizeKind.VOUCHER,
    PrizeKind.EMAIL,
    PrizeKind.PARTNER_VOUCHER,
)


class Prize(models.Model):
    """Something a cagnotte buys. `cost` is in the programme's unit: cents or points."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=240, blank=True)
    kind = models.CharField(max_length=8, choices=PrizeKind.choices, default=PrizeKind.GIFT)
    icon = models.CharField(max_length=20, default="gift")
    cost = models.BigIntegerField()
    unit = models.CharField(max_length=3)
    stock = models.IntegerField(null=True, blank=True, help_text="Empty: as many as wanted.")
    value = models.BigIntegerField(null=True, blank=True, help_text="Cents, where it has one.")
    partner_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    starts_on = models.DateField(null=True, blank=True, help_text="First day of its season.")
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of its season.")
    per_person = models.IntegerField(null=True, blank=True, help_text="Claims each, at most.")
    valid_days = models.IntegerField(null=True, blank=True, help_text="How long its code holds.")
    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, null=True, blank=True)
    active = models.BooleanField(default=True)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "rewards_prize"
        ordering = ["position", "cost", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gt=0), name="prize_cost_positive"),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(stock__gte=0), name="prize_stock"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="prize_season",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("prz", self.id)


class ClaimState(models.TextChoices):
    CLAIMED = "claimed", "À préparer"
    SENT = "sent", "Envoyé"
    HANDED_OVER = "handed", "Remis"
    CANCELLED = "cancelled", "Annulé"


class Claim(models.Model):
    """A prize that a customer took. Name and cost are those of that moment (SP-15)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="claims")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="claims")
    prize_name = models.CharField(max_length=80)
    cost = models.BigIntegerField()
    unit = models.CharField(max_length=3)
    kind = models.CharField(
        max_length=8, choices=PrizeKind.choices, default=PrizeKind.GIFT, db_default="gift"
    )
    value = models.BigIntegerField(null=True, help_text="Cents.")
    code = models.CharField(max_length=64, unique=True, help_text="Shown at the counter.")
    transfer_id = models.UUIDField()
    key = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=9, choices=ClaimState.choices, default=ClaimState.CLAIMED)
    claimed_at = models.DateTimeField()
    # Where to post it: name and lines. Blanked some time after the hand-over.
    address = models.JSONField(default=dict, db_default={})
    valid_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rewards_claim"
        indexes = [
            models.Index(fields=["state", "claimed_at"], name="claim_waiting"),
            models.Index(fields=["profile", "-claimed_at"], name="claim_of_profile"),
        ]

    @property
    def public_id(self) -> str:
        return public_id("clm", self.id)

    @property
    def is_code(self) -> bool:
        """Whether its code is the prize itself: there is nothing to prepare."""
        return self.kind in CODE_KINDS
