"""Addresses that are not written to, each as a keyed hash: it compares, and tells nothing."""

from django.db import models

from kernel.ids import uuid7
from tenants.profiles.models import Profile


class Unsubscription(models.Model):
    """An address that gets no marketing, as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_hash = models.CharField(max_length=64, unique=True)
    unsubscribed_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_unsubscription"


class Choice(models.Model):
    """What the reader of one address wants; without a row, all that is allowed.

    `refused` holds topics (`catalogue.shapes.Topic`). `opens` is a consent: without it no email
    carries a picture that tells that it was opened.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_hash = models.CharField(max_length=64, unique=True)
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="email_choices", null=True
    )
    refused = models.JSONField(default=list)
    opens = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_choice"


class BounceSource(models.TextChoices):
    """Who said that an address does not take our emails."""

    SMTP = "smtp", "Serveur du destinataire"
    PROVIDER = "provider", "Service d’envoi"


class Bounce(models.Model):
    """An address whose mail server refuses for good. `lifted_at` ends it: it may be tried again.

    `status` is the server's code, `5.1.1` or `550`; never its words, which quote the address.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=8, choices=BounceSource.choices)
    status = models.CharField(max_length=12, blank=True)
    bounced_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta:
        db_table = "messaging_bounce"
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash"],
                condition=models.Q(lifted_at=None),
                name="one_open_bounce_of_an_address",
            )
        ]
