"""What somebody agreed to, in the words that they read (D1, D2).

Both tables are append-only, which `tenants.profiles.guard` has the database hold: a consent is
confirmed or withdrawn by an event that names it. What may change is whose it is, when two records
of one person become one.
"""

from django.db import models

from kernel.ids import public_id, uuid7
from tenants.profiles.models.people import Profile


class ConsentPurpose(models.TextChoices):
    """What the person may be written to about."""

    NEWS = "news", "news"


class Consent(models.Model):
    """One yes of one person to one brand for one purpose.

    `controller_tenant_id` is the partner who may write; null is this merchant. `source` holds ids:
    where the person said it (operation, module, participation, widget). A consent that
    `needs_confirmation` counts from its confirming event on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(
        max_length=8, choices=ConsentPurpose.choices, default=ConsentPurpose.NEWS
    )
    controller_tenant_id = models.UUIDField(null=True)
    controller_name = models.CharField(max_length=120)
    policy_url = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=5, default="fr")
    form_version = models.CharField(max_length=16, blank=True)
    source_kind = models.CharField(max_length=20)
    source = models.JSONField(default=dict)
    needs_confirmation = models.BooleanField(default=False)
    granted_at = models.DateTimeField()

    class Meta:
        db_table = "profiles_consent"
        indexes = [
            models.Index(
                fields=["profile", "controller_tenant_id", "-granted_at"], name="consent_of_person"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("cst", self.id)


class ConsentEventKind(models.TextChoices):
    CONFIRMED = "confirmed", "confirmed"
    WITHDRAWN = "withdrawn", "withdrawn"


class ConsentEvent(models.Model):
    """What happened to a consent afterwards; `how` names the door: link, space, office,
    erasure, or time, which nobody has to open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=9, choices=ConsentEventKind.choices)
    at = models.DateTimeField()
    how = models.CharField(max_length=20)

    class Meta:
        db_table = "profiles_consent_event"
        constraints = [
            models.UniqueConstraint(fields=["consent", "kind"], name="consent_event_once")
        ]
