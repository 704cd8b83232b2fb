"""Long work: an import, a recalculation, a mailing. One row each, from asking to its result."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """Work that is done in steps, in the background.

    `params` is what it was asked to do, `cursor` where the next step begins, `result` what it
    found so far. None of them holds personal data: ids and counts only (D9). `total` is null
    until it is known. `step` numbers the steps, so that an event that comes twice runs one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001
    params = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=JobState.choices, default=JobState.QUEUED)
    step = models.IntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    failures = models.IntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(help_text="When the last step ended.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jobs_job"
        indexes = [models.Index(fields=["kind", "-created_at"], name="job_of_kind")]
        constraints = [
            models.CheckConstraint(condition=Q(done__gte=0, step__gte=0), name="job_counts")
        ]

    @property
    def public_id(self) -> str:
        return public_id("job", self.id)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100; 0 while the total is unknown."""
        if self.state == JobState.DONE:
            return 100
        return min(self.done * 100 // self.total, 99) if self.total else 0
