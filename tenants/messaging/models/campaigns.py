"""Campaigns: one text to many customers, at one moment."""

from django.db import models

from kernel.ids import public_id, uuid7


class CampaignState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SCHEDULED = "scheduled", "Planifiée"
    SENDING = "sending", "En cours"
    PAUSED = "paused", "En pause"
    SENT = "sent", "Envoyée"
    CANCELLED = "cancelled", "Annulée"


class Campaign(models.Model):
    """One mailing. Its emails are of the kind `campaign:<id>`, one for each person.

    `segment` holds values of the fields that `tenants.programme.campaigns.segments` lists.
    `excluded` counts, by reason, who was chosen and not written to. `run` numbers the attempts to
    send: a campaign that was paused goes on in a new one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    segment = models.JSONField(default=dict)
    subject = models.CharField(max_length=300, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    body = models.TextField(blank=True)
    button = models.CharField(max_length=120, blank=True)
    # By language, the same four for readers of another one; who has none of theirs reads the above.
    words = models.JSONField(default=dict, db_default={})
    target = models.CharField(max_length=20, default="referral_url")
    state = models.CharField(
        max_length=9, choices=CampaignState.choices, default=CampaignState.DRAFT
    )
    scheduled_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    excluded = models.JSONField(default=dict)
    run = models.IntegerField(default=0, db_default=0)
    job_id = models.UUIDField(null=True, help_text="The work that sends it, or sent it last.")
    author_id = models.UUIDField(null=True, help_text="The user; null for the system.")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_campaign"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="campaign_recent"),
            models.Index(
                fields=["scheduled_at"],
                condition=models.Q(state="scheduled"),
                name="campaign_to_start",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("cam", self.id)

    @property
    def kind(self) -> str:
        """The kind of its emails."""
        return f"campaign:{self.id}"
