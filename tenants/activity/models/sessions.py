"""Sessions that customers book, and their types (FS-06). Not log-in sessions."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kernel.ids import public_id, uuid7
from tenants.activity.models.sources import Source
from tenants.profiles.models import Profile


class SessionType(models.Model):
    """A kind of session: portrait, family, wedding. `key` is what programs call it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True, db_default=True)
    position = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "activity_session_type"
        ordering = ["position", "name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="session_type_name")]

    @property
    def public_id(self) -> str:
        return public_id("sty", self.id)


class SessionState(models.TextChoices):
    BOOKED = "booked", "Réservée"
    VALIDATED = "validated", "Validée"
    CANCELLED = "cancelled", "Annulée"


class Session(models.Model):
    """One appointment of a customer. It counts when it is marked validated.

    A test may have borrowed a number that a real booking has later, or had: each counts once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    external_id = models.CharField(max_length=80, db_index=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="sessions")
    type = models.ForeignKey(SessionType, on_delete=models.PROTECT, related_name="sessions")
    booked_at = models.DateTimeField()
    takes_place_at = models.DateTimeField(null=True)
    validated_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=9, choices=SessionState.choices)
    is_test = models.BooleanField(default=False, db_default=False)
    # Who sent this customer: told at the booking, asked for when the session counts (FS-10).
    referral_code = models.CharField(max_length=64, blank=True, default="", db_default="")
    click_id = models.UUIDField(null=True)

    class Meta:
        db_table = "activity_session"
        indexes = [
            models.Index(fields=["profile", "-booked_at"], name="session_of_profile"),
            models.Index(
                fields=["validated_at"],
                condition=Q(validated_at__isnull=False),
                name="session_validated",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["external_id", "is_test"], name="session_counts_once")
        ]

    @property
    def public_id(self) -> str:
        return public_id("ses", self.id)
