"""Reminders that go out by themselves: what is switched on, its steps, and who is in them."""

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from tenants.profiles.models import Profile


class Scenario(models.Model):
    """One ready-made scenario at one merchant. `key` names it in the product's own list.

    `enabled_at` is when it was last switched on: what happened long before is left alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=20, unique=True)
    enabled = models.BooleanField(default=False, db_default=False)
    enabled_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")

    class Meta:
        db_table = "messaging_scenario"


class ScenarioStep(models.Model):
    """When one email of a scenario goes: days after its fact, or after the step before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="steps")
    number = models.IntegerField()
    days = models.IntegerField()

    class Meta:
        db_table = "messaging_scenario_step"
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="one_step_of_a_number"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=365), name="step_days"),
        ]


class EnrolmentState(models.TextChoices):
    WAITING = "waiting", "En cours"
    DONE = "done", "Terminé"
    STOPPED = "stopped", "Arrêté"


class Enrolment(models.Model):
    """One person in one scenario, for one occasion, once for ever.

    `anchor_at` is the fact that the steps count from. `step` is the next one, due at `due_at`.
    An invited friend has no profile: `invitation_id` names the invitation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="enrolments")
    occasion = models.CharField(max_length=80)
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="enrolments", null=True
    )
    invitation_id = models.UUIDField(null=True, db_index=True)
    anchor_at = models.DateTimeField()
    started_at = models.DateTimeField()
    step = models.IntegerField(default=1, db_default=1)
    state = models.CharField(
        max_length=7, choices=EnrolmentState.choices, default=EnrolmentState.WAITING
    )
    due_at = models.DateTimeField(null=True, help_text="Null once it is over.")
    ended_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "messaging_enrolment"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="enrolment_to_do"),
            models.Index(fields=["profile", "scenario"], name="enrolment_of_profile"),
            models.Index(fields=["scenario", "state", "step"], name="enrolment_of_scenario"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "occasion"], name="enrolled_once"),
        ]
