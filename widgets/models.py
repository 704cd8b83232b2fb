"""The merchant's own sites, which may run the script and report to it."""

import secrets

from django.db import models
from django.utils import timezone

from kernel.ids import uuid7

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
