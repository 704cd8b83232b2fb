"""One row for each effect that must leave: written with its cause, in the same transaction."""

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7


class EventState(models.TextChoices):
    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class Event(models.Model):
    """Something that must happen outside this transaction, at `due_at` or later.

    While a relay works on an event, `due_at` lies one lease ahead: a relay that dies leaves an
    event that becomes due again. `attempts` counts the starts, `failures` the errors that came
    back; where they differ by more than one, an earlier start ended without a word.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    payload = models.JSONField(help_text="Ids only, never personal data.")
    key = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001
    state = models.CharField(max_length=7, choices=EventState.choices, default=EventState.PENDING)
    attempts = models.IntegerField(default=0, db_default=0)
    failures = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        db_table = "outbox_event"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="outbox_due"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outbox_dead"),
        ]
