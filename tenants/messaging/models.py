"""Emails to customers: one row each, from asking to sent."""

from django.db import models

from kernel.ids import uuid7
from tenants.profiles.models import Profile


class EmailState(models.TextChoices):
    QUEUED = "queued", "En file"
    SENT = "sent", "Envoyé"
    SKIPPED = "skipped", "Non envoyé"


class Email(models.Model):
    """One email to one person. `key` makes asking twice the same as asking once.

    `context` holds what the template needs, as it was when the email was asked for. Subject and
    bodies are kept as sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
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

    class Meta:
        db_table = "messaging_email"
        indexes = [models.Index(fields=["profile", "-queued_at"], name="email_of_profile")]


class Unsubscription(models.Model):
    """An address that gets no marketing, as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_hash = models.CharField(max_length=64, unique=True)
    unsubscribed_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_unsubscription"
