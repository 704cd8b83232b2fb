"""The account of one merchant: its plan and how its subscription stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class AccountState(models.TextChoices):
    """How a subscription stands, as last told by Stripe; FREE has none and never ends.

    What the state means at a moment (a trial or a grace period that is over) is decided in
    `billing.allowing`, so that a clock that stood still changes nothing.
    """

    FREE = "free", _("Offert")
    TRIALING = "trialing", _("À l’essai")
    ACTIVE = "active", _("Actif")
    PAST_DUE = "past_due", _("Paiement en attente")
    FROZEN = "frozen", _("Gelé")
    CANCELED = "canceled", _("Résilié")


class Closing(models.TextChoices):
    """When the subscription ends because its merchant closes; empty: it does not close."""

    NO = "", ""
    PERIOD_END = "period_end", _("À la fin de la période")
    NOW = "now", _("Sans attendre")


class Account(models.Model):
    """A merchant's plan. `tenant_id` names the tenant, without a constraint: it lives above.

    `plan` and `interval` are what holds now; `next_plan` and `next_interval` what was chosen for
    the period's end. Every Stripe id is unique, so that no two merchants share a subscription.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(unique=True)
    plan = models.CharField(max_length=20)
    interval = models.CharField(max_length=5, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=AccountState.choices)
    stripe_customer_id = models.CharField(max_length=255, null=True, unique=True)  # noqa: DJ001
    stripe_subscription_id = models.CharField(  # noqa: DJ001
        max_length=255, null=True, unique=True
    )
    trial_ends_at = models.DateTimeField(null=True)
    period_ends_at = models.DateTimeField(null=True)
    cancel_at = models.DateTimeField(null=True)
    next_plan = models.CharField(max_length=20, blank=True, default="", db_default="")
    next_interval = models.CharField(max_length=5, blank=True, default="", db_default="")
    closing = models.CharField(
        max_length=10, choices=Closing.choices, blank=True, default="", db_default=""
    )
    # The first payment that failed, and when its patience ends.
    past_due_since = models.DateTimeField(null=True)
    grace_ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    synced_at = models.DateTimeField(null=True)
