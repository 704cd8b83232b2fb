"""What another merchant's operation left here: the minor's copy, and what was shared with it."""

from datetime import datetime

from django.db import models

from kernel.ids import public_id, uuid7
from operations.models.operations import OperationState, last_moment, shown_state
from operations.models.participations import SourceKind
from tenants.profiles.models import Consent, Profile


class ReceivedOperation(models.Model):
    """What this merchant may know of an operation that a partner runs.

    `modules` holds those in which this merchant takes part: `{"id", "kind", "title", "fields",
    "asks_optin", "optin_text", "policy_url"}`, fields as `{"name", "label"}` and only those that
    come here. `version` is a hash of all of it: what was told before is not told again.
    `known_fields` holds every field that ever was to come here: what came by it stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operation_id = models.UUIDField()
    partnership_id = models.UUIDField()
    major_id = models.UUIDField()
    major_name = models.CharField(max_length=120)
    name = models.CharField(max_length=80)
    title = models.JSONField(default=dict)
    subtitle = models.JSONField(default=dict, db_default={})
    state = models.CharField(max_length=8, choices=OperationState.choices)
    is_archived = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    page_url = models.CharField(max_length=300)
    modules = models.JSONField(default=list)
    known_fields = models.JSONField(default=list, db_default=[])
    version = models.CharField(max_length=64)
    received_at = models.DateTimeField(editable=False)
    refreshed_at = models.DateTimeField()
    # When the owners were written to: `received.telling`.
    begun_told_at = models.DateTimeField(null=True)
    over_told_at = models.DateTimeField(null=True)
    results_told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_received"
        indexes = [models.Index(fields=["-received_at", "-id"], name="received_newest")]
        constraints = [
            models.UniqueConstraint(fields=["major_id", "operation_id"], name="received_once")
        ]

    @property
    def public_id(self) -> str:
        return public_id("rop", self.id)

    @property
    def last_moment(self) -> datetime | None:
        return last_moment(self.ends_at)

    def shown_state(self, now: datetime) -> str:
        """As the major's own page shows it at this moment."""
        return shown_state(
            state=self.state,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_archived=self.is_archived,
            now=now,
        )


class BroughtBy(models.TextChoices):
    """Whose link or widget somebody came through; other partners are not told apart."""

    MAJOR = "major", "major"
    MINOR = "minor", "minor"
    OTHER = "other", "other"


class ReceivedParticipation(models.Model):
    """One participation, as far as this merchant may know it.

    Without `consent` it is a count: day, module, source, and whether it is the person's first.
    With it, `fields` holds what was asked for this merchant, `consent` the yes in its exact words,
    `proof` the id of that yes where it was given. `was_new` is this merchant's own finding.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operation = models.ForeignKey(
        ReceivedOperation, on_delete=models.PROTECT, related_name="participations"
    )
    participation_id = models.UUIDField()
    module_id = models.UUIDField()
    day = models.DateField()
    source_kind = models.CharField(max_length=8, choices=SourceKind.choices)
    # Of this merchant's own widgets and links only.
    source_ref = models.CharField(max_length=80, blank=True)
    brought_by = models.CharField(max_length=5, choices=BroughtBy.choices)
    is_first = models.BooleanField(default=False)
    is_first_in_module = models.BooleanField(default=False)
    is_first_optin = models.BooleanField(default=False)
    fields = models.JSONField(default=dict)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    proof = models.UUIDField(null=True)
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, null=True, related_name="received_participations"
    )
    was_new = models.BooleanField(default=False)
    received_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_received_participation"
        indexes = [
            models.Index(fields=["operation", "day"], name="received_day"),
            models.Index(fields=["-received_at", "-id"], name="received_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "participation_id"], name="received_participation_once"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("rcp", self.id)

    @property
    def proof_id(self) -> str:
        """The id of the yes, the same on both sides; "" where there is none."""
        return public_id("cst", self.proof) if self.proof else ""
