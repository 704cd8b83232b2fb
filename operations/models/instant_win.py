"""Winning moments: drawn ahead, each for one prize, each won by one participation at most."""

from django.db import models

from kernel.ids import public_id, uuid7
from operations.models.modules import OperationModule
from operations.models.participations import Participation
from operations.models.prizes import OperationPrize


class WinningPlan(models.Model):
    """A module's seed, chosen when it goes live; with the rounds of dates it gives the moments.

    Its hash is published at once, at `drawn_at`. The dates and `round` are those of that first
    time: what comes afterwards is a round of its own, and nothing here is written again.
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

    @property
    def public_id(self) -> str:
        return public_id("wpl", self.id)


class WinningRound(models.Model):
    """The operation's dates from `changed_at` on: one row each time they are set, never edited.

    `changed_by` is the member who set them; None where nobody is known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(WinningPlan, on_delete=models.PROTECT, related_name="rounds")
    number = models.IntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "operations_winning_round"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="winning_round_once")
        ]


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
