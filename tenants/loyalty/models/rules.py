"""The earning rules, as dated versions: a new rule is a new row (FS-21)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from tenants.activity.models import SessionType


class MembershipMode(models.TextChoices):
    """Who earns: every customer, or those who joined (SO-07)."""

    EVERYONE = "everyone"
    JOINED = "joined"


class LoyaltyVersion(models.Model):
    """The rules from `starts_at` on. A row is never changed.

    A paid amount of c cents earns floor(c x `rate` / `per`) of the wallet's smallest unit: points,
    or cents where the wallet counts in a currency. "0.5 points for 1 euro" is rate 0.5 and per
    100; "1 point for 3 euros" is rate 1 and per 300; "5 % back" is rate 5 and per 100 cents.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.IntegerField(unique=True)
    starts_at = models.DateTimeField()
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")
    active = models.BooleanField(default=True)
    unit = models.CharField(max_length=3)
    membership = models.CharField(
        max_length=8, choices=MembershipMode.choices, default=MembershipMode.EVERYONE
    )
    payments_on = models.BooleanField(default=True)
    rate = models.DecimalField(max_digits=9, decimal_places=4, default=Decimal(1))
    per = models.BigIntegerField(default=100, help_text="Cents.")
    sessions_on = models.BooleanField(default=False)
    expiry_months = models.IntegerField(null=True, blank=True)
    # At checkout (SO-02 to SO-06).
    checkout_on = models.BooleanField(default=False)
    point_value = models.DecimalField(
        max_digits=9, decimal_places=4, default=Decimal(1), help_text="Cents that a point saves."
    )
    most_points = models.BigIntegerField(null=True, blank=True, help_text="On one order.")
    minimum_order = models.BigIntegerField(default=0, help_text="Cents, to use points.")
    line_label = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "loyalty_version"
        ordering = ["-starts_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gt=0, per__gt=0, point_value__gt=0, minimum_order__gte=0)
                & (Q(most_points__isnull=True) | Q(most_points__gt=0)),
                name="loyalty_amounts",
            )
        ]


class SessionRate(models.Model):
    """What a validated session of one type earns under one version of the rules."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(
        LoyaltyVersion, on_delete=models.PROTECT, related_name="session_rates"
    )
    session_type = models.ForeignKey(SessionType, on_delete=models.PROTECT, related_name="rates")
    amount = models.BigIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "loyalty_session_rate"
        constraints = [
            models.UniqueConstraint(fields=["version", "session_type"], name="one_rate_a_type"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="session_rate_positive"),
        ]
