"""An operation: one or more modules under one title, between two dates.

Texts that people read are `{"fr": …, "en": …}`; `operations.words` reads them.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from kernel.ids import public_id, uuid7


class OperationState(models.TextChoices):
    """What its owner decided. Whether it runs today follows from the dates: `shown_state`."""

    DRAFT = "draft", "draft"
    TEST = "test", "test"
    LIVE = "live", "live"
    ENDED = "ended", "ended"


def shown_state(
    *,
    state: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    is_archived: bool,
    now: datetime,
) -> str:
    """What an operation is at this moment, for whoever keeps these values of it."""
    if is_archived:
        return "archived"
    if state != OperationState.LIVE:
        return str(state)
    if starts_at is not None and now < starts_at:
        return "planned"
    return "ended" if ends_at is not None and now >= ends_at else "live"


def last_moment(ends_at: datetime | None) -> datetime | None:
    """The last moment that is within: what ends at midnight is open on the day before, not on that
    which begins there.
    """
    return ends_at - timedelta(microseconds=1) if ends_at is not None else None


class Operation(models.Model):
    """`rehearsal` numbers the tests: what one test made is wiped by counting on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    state = models.CharField(
        max_length=8, choices=OperationState.choices, default=OperationState.DRAFT
    )
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    title = models.JSONField(default=dict)
    subtitle = models.JSONField(default=dict)
    # Named texts: thanks, button, note.
    texts = models.JSONField(default=dict)
    rules = models.JSONField(default=dict)
    # Those that were fixed as it went online, and that nobody has amended since.
    rules_from_settings = models.BooleanField(default=False, db_default=False)
    prizes = models.JSONField(default=dict)
    prize_count = models.IntegerField(null=True)
    prize_value = models.BigIntegerField(null=True, help_text="Cents, all prizes together.")
    # color "#rrggbb" or "", image: the digest of a stored picture or "".
    look = models.JSONField(default=dict)
    rehearsal = models.IntegerField(default=1)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_operation"
        indexes = [models.Index(fields=["-created_at", "-id"], name="operation_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(ends_at__gt=F("starts_at")),
                name="operation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="operation_live_has_dates",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("opn", self.id)

    def shown_state(self, now: datetime) -> str:
        """A key of `shell.states.STATES`: draft, test, planned, live or ended, archived first."""
        return shown_state(
            state=self.state,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_archived=self.archived_at is not None,
            now=now,
        )

    @property
    def last_moment(self) -> datetime | None:
        return last_moment(self.ends_at)

    def is_open(self, now: datetime) -> bool:
        """Whether people may take part at this moment."""
        return self.shown_state(now) == "live"
