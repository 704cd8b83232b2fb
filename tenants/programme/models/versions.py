"""The programme's rules, as dated versions."""

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from tenants.rewards.models import AwardKind, CodeList


class Qualifying(models.TextChoices):
    """Which fact of the referee's makes a referral count (SP-13, FS-10)."""

    ORDER = "order"
    SESSION_BOOKED = "booked"
    SESSION_VALIDATED = "validated"


class LeadsTo(models.TextChoices):
    """Where the referee's email leads (SP-10)."""

    SHOP = "shop"
    COUPON = "coupon"


class ProgrammeVersion(models.Model):
    """The rules from `starts_at` on. A row is never changed: a new rule is a new row (FS-21).

    Amounts are in `unit`: cents of a currency, or points. `referrer_amount` and `referee_amount`
    are for the qualifying fact, the `…_account_amount`s for an account that the referee opens;
    nought grants nothing. What is granted in kind besides stands in `RewardRule` (SP-02).
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
    referrer_account_amount = models.BigIntegerField(default=0, db_default=0)
    referee_account_amount = models.BigIntegerField(default=0, db_default=0)
    qualifying = models.CharField(
        max_length=9, choices=Qualifying.choices, default=Qualifying.ORDER, db_default="order"
    )
    in_kind = models.BooleanField(
        default=False, db_default=False, help_text="Whether it has any `RewardRule`."
    )
    leads_to = models.CharField(
        max_length=6, choices=LeadsTo.choices, default=LeadsTo.SHOP, db_default="shop"
    )
    minimum_order = models.BigIntegerField(default=0)
    pending_days = models.IntegerField(default=14)
    cookie_days = models.IntegerField(default=30)
    expiry_months = models.IntegerField(null=True, blank=True)
    referrals_a_year = models.IntegerField(null=True, blank=True)
    terms = models.TextField(blank=True)

    # Its rewards in kind while it is only being written: a draft has no rows yet.
    drafted: "list[RewardRule] | None" = None

    class Meta:
        db_table = "programme_version"
        ordering = ["-starts_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    referrer_amount__gte=0,
                    referee_amount__gte=0,
                    referrer_account_amount__gte=0,
                    referee_account_amount__gte=0,
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


class Trigger(models.TextChoices):
    """What something is granted for. `QUALIFYING` is the version's own fact."""

    INVITATION = "invitation"
    ACCOUNT = "account"
    QUALIFYING = "order"


class RewardRule(models.Model):
    """A reward in kind that a version promises: a code, a gift card, a product, anything (OF-01).

    A referee can be given one as soon as they are invited (SP-14); a referrer cannot.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="rules")
    side = models.CharField(max_length=8, choices=Side.choices)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    kind = models.CharField(max_length=9, choices=AwardKind.choices)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=240, blank=True)
    value = models.BigIntegerField(null=True, help_text="Cents, where it has one.")
    valid_days = models.IntegerField(null=True)
    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "programme_reward_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "side", "trigger"], name="one_rule_for_side_and_trigger"
            ),
            models.CheckConstraint(
                condition=~Q(side="referrer", trigger="invitation"),
                name="referrer_rule_needs_a_fact",
            ),
        ]
