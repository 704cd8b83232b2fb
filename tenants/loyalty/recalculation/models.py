"""One recalculation: what was counted, what was shown, and what became of each cagnotte."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7
from tenants.profiles.models import Profile


class RunKind(models.TextChoices):
    RECALCULATE = "recalc", _("Recalcul")
    RESET = "reset", _("Remise à zéro")


class RunState(models.TextChoices):
    """Counted first, and carried out once somebody has seen the count and said yes."""

    COUNTING = "counting"
    COUNTED = "counted"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"  # another was counted in its place
    STOPPED = "stopped"  # ended by hand or by failures; what was done stays done


class Run(models.Model):
    """A recalculation from the first count to its end.

    The facts of `since` to `until` are looked at; `since` is null for ever. The first group of
    figures is what was shown before it was confirmed, the second what was done so far. Amounts
    are in `unit`, and all of them positive.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=6, choices=RunKind.choices)
    months = models.IntegerField(null=True, help_text="The period; null for ever.")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    unit = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=RunState.choices)
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")
    count_job_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    # What was shown.
    facts = models.BigIntegerField(default=0)
    gaining = models.BigIntegerField(default=0)
    losing = models.BigIntegerField(default=0)
    gain = models.BigIntegerField(default=0)
    loss = models.BigIntegerField(default=0)
    indebted = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)

    # What was done.
    changed = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    differing = models.BigIntegerField(default=0, help_text="Not what was shown for them.")

    class Meta:
        db_table = "loyalty_recalculation"
        indexes = [models.Index(fields=["-created_at"], name="recalculation_latest")]
        constraints = [
            # Two at once would work on the same cagnottes and tell each other's story.
            models.UniqueConstraint(
                fields=["unit"], condition=Q(state="running"), name="one_recalculation_at_once"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("rcl", self.id)

    @property
    def wallets(self) -> int:
        """How many cagnottes would change."""
        return self.gaining + self.losing


class Line(models.Model):
    """One customer whose automatic points change: before, after, and what was done (null: not yet).

    `debt` is what would be owed, in addition to what is owed today.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="lines")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="recalculations")
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    facts = models.IntegerField()
    debt = models.BigIntegerField(default=0)
    applied = models.BigIntegerField(null=True)
    applied_facts = models.IntegerField(null=True)

    class Meta:
        db_table = "loyalty_recalculation_line"
        indexes = [
            models.Index(
                fields=["run", "profile"],
                condition=Q(applied__isnull=True),
                name="recalculation_open_line",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "profile"], name="one_line_a_customer")
        ]

    @property
    def change(self) -> int:
        """What was shown for this customer, signed."""
        return self.after - self.before
