"""The merchant's own sites, which may run the script and report to it."""

import secrets

from django.db import models
from django.utils import timezone

from kernel.ids import uuid7
from tenants.profiles.models import Profile

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
KEY_PREFIX = "pk_live_"


def new_public_key() -> str:
    """`pk_live_` and 24 random characters. It names a site in its pages; it is no secret."""
    return KEY_PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(24))


class Site(models.Model):
    """One origin (`https://shop.example`) whose pages may report to this merchant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    origin = models.CharField(max_length=270, unique=True)
    public_key = models.CharField(
        max_length=40, unique=True, default=new_public_key, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_seen_url = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["created_at", "id"]


class LinkPurpose(models.TextChoices):
    """A link that was asked for, or the one that a cagnotte's email carries."""

    ASKED = "asked", "Demandé"
    EMAIL = "email", "E-mail"


class SpaceLink(models.Model):
    """One way into a customer's space, used once (R24).

    The token and the six digits are derived from the id and the platform's secret: nothing here
    opens anything. A link that was asked for with an address that nobody has is a row like any
    other, with no profile (R33); an email's own link is written down when it is used.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=5, choices=LinkPurpose.choices)
    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, related_name="space_links", null=True
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "widgets_space_link"
        indexes = [models.Index(fields=["expires_at"], name="space_link_over")]


class SpaceSession(models.Model):
    """A browser in which a customer's space is open. The cookie's random text is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="space_sessions")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # The balance that was last shown here: the rings spread once when it has risen.
    seen_available = models.BigIntegerField(null=True)

    class Meta:
        db_table = "widgets_space_session"
        indexes = [models.Index(fields=["profile", "revoked_at"], name="space_session_open")]
