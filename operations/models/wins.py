"""What somebody won, and whether they have it: one row for each person who was told so."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from operations.models.participations import Participation
from operations.models.prizes import OperationPrize


class Win(models.Model):
    """A prize that one participation won, with the code that its person shows for it.

    Which piece of the stock is taken, winning moments and places of a draw say, and these may go
    to somebody else; a win stays whose it was. `voided_at`: it is theirs no more.
    `handed_at`: they have it, as the member `handed_by` noted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    participation = models.OneToOneField(
        Participation, on_delete=models.PROTECT, related_name="win"
    )
    prize = models.ForeignKey(OperationPrize, on_delete=models.PROTECT, related_name="wins")
    code = models.CharField(max_length=10)
    won_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    handed_by = models.UUIDField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_win"
        indexes = [
            models.Index(
                fields=["won_at", "id"],
                condition=Q(handed_at__isnull=True, voided_at__isnull=True),
                name="win_to_hand_over",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="win_code_once"),
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True, handed_by__isnull=True)
                | Q(handed_at__isnull=False, handed_by__isnull=False),
                name="win_handed_by_somebody",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("win", self.id)

    @property
    def shown_code(self) -> str:
        """The code as it is read aloud: two halves."""
        return f"{self.code[:5]}-{self.code[5:]}"
