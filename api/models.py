"""Secret keys, and the answers that were given under an idempotency key."""

from datetime import datetime

from django.db import models

from kernel.ids import public_id, uuid7


class Mode(models.TextChoices):
    """What a test key sends is marked as a test."""

    LIVE = "live", "Production"
    TEST = "test", "Test"


class ApiKey(models.Model):
    """One secret key of this merchant. The key itself is shown once and never stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    hash = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256, hex.")
    last4 = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    created_by = models.UUIDField(null=True, help_text="The user; null for a command.")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="Exact to a minute.")
    expires_at = models.DateTimeField(null=True, help_text="Set by a rotation: end of overlap.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
        ordering = ["-created_at", "-id"]

    @property
    def public_id(self) -> str:
        return public_id("key", self.id)

    @property
    def shown(self) -> str:
        """How the key is told from others once it cannot be shown any more."""
        return f"rk_{self.mode}_…{self.last4}"

    @property
    def connection(self) -> str:
        """How `tenants.activity` knows what this key brings."""
        return f"key:{self.id.hex}"

    @property
    def is_test(self) -> bool:
        return self.mode == Mode.TEST

    def is_valid(self, *, now: datetime) -> bool:
        """Whether the key opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class IdempotencyRecord(models.Model):
    """The answer that a POST got, written in the transaction of its effect (R3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=255, unique=True)
    fingerprint = models.CharField(max_length=64, help_text="Method, path and body; SHA-256, hex.")
    status = models.SmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "api_idempotency"
