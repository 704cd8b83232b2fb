"""What is owed to a partner for one participation."""

from django.db import models

from kernel.ids import public_id, uuid7
from operations.models.operations import Operation
from operations.models.participations import Participation
from tenants.profiles.models import Consent


class ShareState(models.TextChoices):
    """PENDING and WITHDRAWING are work for the outbox's `operations.share`."""

    PENDING = "pending", "pending"
    DELIVERED = "delivered", "delivered"
    WITHDRAWING = "withdrawing", "withdrawing"
    WITHDRAWN = "withdrawn", "withdrawn"
    REFUSED = "refused", "refused"


class Share(models.Model):
    """One partner's part of one participation.

    With `consent`, the named fields go over; without it, a count that tells nothing of anybody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="shares"
    )
    partnership_id = models.UUIDField()
    partner_tenant_id = models.UUIDField()
    fields = models.JSONField(default=list)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    # This person's first for this partner in the operation, and their first opt-in that holds.
    is_first = models.BooleanField(default=False, db_default=False)
    is_first_optin = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=12, choices=ShareState.choices, default=ShareState.PENDING)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_share"
        indexes = [
            models.Index(
                fields=["partner_tenant_id", "id"],
                condition=models.Q(state__in=["pending", "withdrawing"]),
                name="share_to_do",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "partnership_id"], name="share_once_each"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("shr", self.id)


class Announcement(models.Model):
    """Which version of an operation a partner was told last: see `operations.sharing`.

    `tenant_id` is whom that was: an invitation may have gone to another back office since.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="announcements")
    partnership_id = models.UUIDField()
    tenant_id = models.UUIDField(null=True)
    version = models.CharField(max_length=64)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "operations_announcement"
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "partnership_id"], name="announcement_once_each"
            )
        ]
