"""Tiers: rewards that unlock at a number of points earned, and spend nothing (FS-14)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7
from tenants.rewards.models.codes import CodeList


class AwardKind(models.TextChoices):
    """What is given (FS-15, OF-01)."""

    PROMO_CODE = "promo", _("Code promo")
    GIFT_CARD = "gift_card", _("Bon cadeau")
    PRODUCT = "product", _("Produit offert")
    CUSTOM = "custom", _("Autre récompense")


class Tier(models.Model):
    """A reward at a threshold, in the programme's unit. `value` is cents, for codes and cards."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=9, choices=AwardKind.choices)
    value = models.BigIntegerField(null=True, blank=True)
    threshold = models.BigIntegerField()
    unit = models.CharField(max_length=3)
    description = models.CharField(max_length=240, blank=True)
    tells_by_email = models.BooleanField(default=True, db_default=True)
    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, null=True, blank=True)
    active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "rewards_tier"
        ordering = ["threshold", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold__gt=0) & (Q(value__isnull=True) | Q(value__gt=0)),
                name="tier_amounts",
            ),
            models.UniqueConstraint(
                Lower("name"), condition=Q(active=True), name="tier_name_is_free"
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("tir", self.id)


class GiftType(models.Model):
    """A gift for a referrer after enough referrals, in the merchant's own order (OF-05)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=9, choices=AwardKind.choices, default=AwardKind.CUSTOM)
    value = models.BigIntegerField(null=True, blank=True, help_text="Cents, where it has one.")
    position = models.IntegerField(default=0, db_default=0)
    active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "rewards_gift_type"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(active=True), name="gift_type_name_is_free"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("gft", self.id)
