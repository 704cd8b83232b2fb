"""Emails to customers: one row each, from asking to sent."""

from django.db import models
from django.db.models.functions import Upper

from kernel.ids import public_id, uuid7
from tenants.profiles.models import Profile


class EmailState(models.TextChoices):
    QUEUED = "queued", "En file"
    SENT = "sent", "Envoyé"
    SKIPPED = "skipped", "Non envoyé"


class Outcome(models.TextChoices):
    """What became of an email that was sent, as the provider says."""

    UNKNOWN = "", "—"
    DELIVERED = "delivered", "Arrivé"
    BOUNCED = "bounced", "Revenu"
    COMPLAINED = "complained", "Signalé comme indésirable"


class Email(models.Model):
    """One email to one person. `key` makes asking twice the same as asking once.

    `context` holds what the text needs, as it was when the email was asked for. Subject and bodies
    are kept as sent. `outcome` is what a mail provider told us later. `countable` says that its
    reader lets us know when they open it, `opened_at` that they did.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=160, unique=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="emails", null=True)
    to = models.EmailField(max_length=254)
    language = models.CharField(max_length=5, default="fr")
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=EmailState.choices, default=EmailState.QUEUED)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    skipped_because = models.CharField(max_length=40, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    is_test = models.BooleanField(default=False, db_default=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, db_default="")
    outcome_at = models.DateTimeField(null=True)
    countable = models.BooleanField(default=False, db_default=False)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_email"
        indexes = [
            models.Index(fields=["profile", "-queued_at"], name="email_of_profile"),
            models.Index(fields=["-queued_at", "-id"], name="email_latest"),
            models.Index(fields=["kind", "-queued_at"], name="email_of_kind"),
            models.Index(Upper("to"), name="email_of_address"),
        ]

    @property
    def public_id(self) -> str:
        return public_id("eml", self.id)


# What each personal field is for, and how long it is kept (D6).
PURPOSES = {
    "to": "Send the email; an invited friend's is blanked when the invitation is forgotten.",
    "context": "Write the email; blanked with the address.",
    "subject": "Show what was sent; blanked with the address.",
    "text": "Show what was sent; blanked with the address.",
    "html": "Show what was sent; blanked with the address.",
}
