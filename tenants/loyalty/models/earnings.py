"""What each fact earned: the automatic points."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import uuid7
from tenants.loyalty.models.rules import LoyaltyVersion
from tenants.profiles.models import Profile


class FactKind(models.TextChoices):
    ORDER = "order", "Commande"
    INVOICE = "invoice", "Facture"
    SESSION = "session", "Séance"


class Earning(models.Model):
    """One fact's earning. A fact earns once; what is left of it is `amount` less `reversed`.

    `transfer_id` is the credit in the ledger. A recalculation that gives more adds a credit of
    its own, whose source names this row; one that gives less reverses.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="earnings")
    fact_kind = models.CharField(max_length=7, choices=FactKind.choices)
    fact_id = models.UUIDField()
    occurred_at = models.DateTimeField(help_text="The fact's own date: it says which rule holds.")
    version = models.ForeignKey(LoyaltyVersion, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    reversed = models.BigIntegerField(default=0, db_default=0)
    unit = models.CharField(max_length=3)
    transfer_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "loyalty_earning"
        indexes = [
            models.Index(fields=["profile", "-occurred_at"], name="earning_of_profile"),
            models.Index(fields=["occurred_at"], name="earning_date"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fact_kind", "fact_id"], name="fact_earns_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, reversed__gte=0, reversed__lte=F("amount")),
                name="earning_within_amount",
            ),
        ]
