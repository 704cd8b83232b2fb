"""What was given to somebody without being bought with the cagnotte."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7
from tenants.profiles.models import Profile
from tenants.rewards.models.codes import CodeList
from tenants.rewards.models.tiers import AwardKind, GiftType, Tier


class AwardOrigin(models.TextChoices):
    """Why it was given."""

    TIER = "tier", _("Palier")
    GIFT = "gift", _("Cadeau de parrainage")
    REFERRAL = "referral", _("Parrainage")
    INVITATION = "invitation", _("Invitation")
    HAND = "hand", _("À la main")


class AwardState(models.TextChoices):
    PENDING = "pending", _("En attente")
    AVAILABLE = "available", _("Disponible")
    HANDED_OVER = "handed", _("Remise")
    CANCELLED = "cancelled", _("Annulée")


class Award(models.Model):
    """A reward in kind that somebody holds: name and value are those of the day it was given.

    `key` makes giving twice the same as giving once: "tier:<tier>:<profile>". `source` names what
    it is for, e.g. referral:<uuid> or invitation:<uuid>; an invited friend has no profile yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="awards", null=True)
    kind = models.CharField(max_length=9, choices=AwardKind.choices)
    origin = models.CharField(max_length=10, choices=AwardOrigin.choices)
    source = models.CharField(max_length=80, blank=True)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="awards", null=True)
    gift_type = models.ForeignKey(
        GiftType, on_delete=models.PROTECT, related_name="awards", null=True
    )
    key = models.CharField(max_length=160, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=240, blank=True)
    value = models.BigIntegerField(null=True, help_text="Cents.")
    currency = models.CharField(max_length=3, blank=True)
    code = models.CharField(max_length=64, blank=True)
    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, null=True)
    valid_days = models.IntegerField(null=True, help_text="From the day it is available.")
    waits_for_code = models.BooleanField(
        default=False, db_default=False, help_text="Pending because its list has run out."
    )
    state = models.CharField(max_length=9, choices=AwardState.choices)
    author_id = models.UUIDField(null=True, help_text="The user who gave it, if a person did.")
    granted_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True, help_text="When a pending one is due.")
    valid_until = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rewards_award"
        indexes = [
            models.Index(fields=["profile", "-granted_at"], name="award_of_profile"),
            models.Index(fields=["source"], name="award_source"),
            models.Index(
                fields=["available_at"], condition=Q(state="pending"), name="award_pending"
            ),
            models.Index(fields=["state", "granted_at"], name="award_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(origin="tier") | Q(tier__isnull=False, profile__isnull=False),
                name="tier_award_names_its_tier",
            ),
            models.CheckConstraint(
                condition=~Q(origin="gift") | Q(gift_type__isnull=False, profile__isnull=False),
                name="gift_award_names_its_type",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("awd", self.id)
