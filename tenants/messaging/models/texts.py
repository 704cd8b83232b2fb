"""What the merchant says about emails: their words, their look, and which do not go out."""

from django.db import models

from kernel.ids import uuid7


class EmailText(models.Model):
    """One version of the words of a kind in one language. Rows are only added.

    The highest `version` counts. `is_original` says that the merchant went back to the words that
    came with the product; the other fields are empty then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    language = models.CharField(max_length=5)
    version = models.IntegerField()
    is_original = models.BooleanField(default=False, db_default=False)
    subject = models.CharField(max_length=300, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    body = models.TextField(blank=True)
    button = models.CharField(max_length=120, blank=True)
    author_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_text"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "version"], name="one_text_of_a_version"
            )
        ]


class KindSwitch(models.Model):
    """A kind of email that the merchant turned off, or on again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80, unique=True)
    enabled = models.BooleanField()
    changed_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        db_table = "messaging_switch"


class EmailLook(models.Model):
    """The look of all emails: one row. The colour is the brand's, and stands on the tenant.

    The logo is a PNG that we drew anew from what was uploaded; `logo_digest` names its address.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    logo = models.BinaryField(null=True)
    logo_digest = models.CharField(max_length=16, blank=True)
    logo_width = models.IntegerField(default=0)
    logo_height = models.IntegerField(default=0)
    footer = models.CharField(max_length=400, blank=True)
    address = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_look"
