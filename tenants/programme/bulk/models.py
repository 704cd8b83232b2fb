"""A selection of rows, what is to be done with each, and what became of it."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7


class Selection(models.Model):
    """Rows that somebody chose for one act. It is a question until it has a job."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    act = models.CharField(max_length=40, help_text="A key of `acts.ACTS`.")
    args = models.JSONField(default=dict)
    author_id = models.UUIDField(null=True)
    total = models.IntegerField(default=0)
    applicable = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "programme_bulk_selection"
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(job_id__isnull=True), name="bulk_unanswered"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("blk", self.id)


class ItemState(models.TextChoices):
    OPEN = "open"
    SKIPPED = "skipped"  # the act does not apply to it
    DONE = "done"
    FAILED = "failed"


class Item(models.Model):
    """One row of a selection. `code` says why it was skipped, or why it failed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="items")
    subject_id = models.UUIDField()
    state = models.CharField(max_length=7, choices=ItemState.choices)
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "programme_bulk_item"
        indexes = [models.Index(fields=["selection", "state", "id"], name="bulk_item_state")]
        constraints = [
            models.UniqueConstraint(fields=["selection", "subject_id"], name="one_item_a_row")
        ]
