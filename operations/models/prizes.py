"""What can be won in a module: fixed when the operation goes live, and never edited afterwards."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from operations.models.modules import OperationModule


class OperationPrize(models.Model):
    """One kind of prize of one module: `stock` is how many there are in all.

    While it is prepared a prize is a line of the module's settings, of the same `number`. Texts are
    `{"fr": …, "en": …}`, the value is in cents of the merchant's currency. How many are left is
    counted where they are given out (winning moments, places of a draw).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.ForeignKey(OperationModule, on_delete=models.PROTECT, related_name="prizes")
    number = models.IntegerField()
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    stock = models.IntegerField()
    value = models.BigIntegerField(null=True, help_text="Cents, each.")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "operations_prize"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["module", "number"], name="operation_prize_once"),
            models.CheckConstraint(
                condition=Q(stock__gte=1) & (Q(value__isnull=True) | Q(value__gt=0)),
                name="operation_prize_amounts",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("opz", self.id)
