"""A draw: a seed that is promised before, the list of that moment, and who was drawn."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from operations.models.modules import OperationModule
from operations.models.participations import Participation
from operations.models.prizes import OperationPrize


class Draw(models.Model):
    """One module's draw. `commitment` is the SHA-256 of `seed`, shown from `committed_at` on.

    Once drawn: `entries` is the list as it was, a line for each chance, `record` what was signed.
    Each replacement of a winner afterwards is signed and added to `addenda`; none is ever edited.
    None of them holds personal data: participations are named by their outside ids.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.OneToOneField(OperationModule, on_delete=models.PROTECT, related_name="draw")
    seed = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    entries = models.TextField(blank=True)
    record = models.JSONField(default=dict)
    addenda = models.JSONField(default=list, db_default=[])

    class Meta:
        db_table = "operations_draw"

    @property
    def public_id(self) -> str:
        return public_id("drw", self.id)


class Why(models.TextChoices):
    """Why a winner was replaced."""

    RENOUNCED = "renounced", "renounced"
    UNREACHABLE = "unreachable", "unreachable"
    UNFIT = "unfit", "unfit"
    VOID = "void", "void"


class DrawPlace(models.Model):
    """A rank that was drawn. With a prize it is won; without one, a substitute waits.

    `stepped_down_at`: the winner gave up, or could not be reached, and the prize went on; `_by` is
    the member who said so (None where the participation was voided), `_note` what they wrote.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="places")
    rank = models.IntegerField()
    participation = models.OneToOneField(
        Participation, on_delete=models.PROTECT, related_name="draw_place"
    )
    prize = models.ForeignKey(
        OperationPrize, on_delete=models.PROTECT, null=True, related_name="places"
    )
    substitute = models.BooleanField(default=False)
    won_at = models.DateTimeField(null=True)
    stepped_down_at = models.DateTimeField(null=True)
    stepped_down_by = models.UUIDField(null=True)
    stepped_down_why = models.CharField(
        max_length=12, choices=Why.choices, blank=True, default="", db_default=""
    )
    stepped_down_note = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        db_table = "operations_draw_place"
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "rank"], name="draw_rank_once"),
            models.CheckConstraint(
                condition=Q(prize__isnull=True, won_at__isnull=True)
                | Q(prize__isnull=False, won_at__isnull=False),
                name="draw_place_wins_a_prize",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("dpl", self.id)
