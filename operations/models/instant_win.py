"""Winning moments: drawn ahead, each for one prize, each won by one participation at most."""

from django.db import models

from kernel.ids import uuid7
from operations.models.modules import OperationModule
from operations.models.participations import Participation
from operations.models.prizes import OperationPrize


class WinningPlan(models.Model):
    """How a module's moments were drawn: with the seed and the dates they can be drawn again.

    `round` counts on when the dates of the operation change and what is still to come is redrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.OneToOneField(
        OperationModule, on_delete=models.PROTECT, related_name="winning_plan"
    )
    seed = models.CharField(max_length=64)
    round = models.IntegerField(default=1)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    drawn_at = models.DateTimeField()

    class Meta:
        db_table = "operations_winning_plan"


class WinningMoment(models.Model):
    """From `at` on, the first who plays wins. `unit` numbers the pieces of one prize from 1."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.ForeignKey(OperationModule, on_delete=models.PROTECT, related_name="moments")
    prize = models.ForeignKey(OperationPrize, on_delete=models.PROTECT, related_name="moments")
    unit = models.IntegerField()
    at = models.DateTimeField()
    participation = models.OneToOneField(
        Participation, on_delete=models.PROTECT, null=True, related_name="winning_moment"
    )
    won_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_winning_moment"
        indexes = [
            models.Index(
                fields=["module", "at", "id"],
                condition=models.Q(participation__isnull=True),
                name="moment_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["prize", "unit"], name="moment_once_for_each_piece")
        ]
