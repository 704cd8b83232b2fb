"""Addresses of people who asked to be forgotten, as keyed hashes (D4)."""

from django.db import models

from kernel.ids import uuid7


class ErasedAddress(models.Model):
    """An address that nobody may add again by mistake; the hash compares, and tells nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address_hash = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField()

    class Meta:
        db_table = "profiles_erased_address"
