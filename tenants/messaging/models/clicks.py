"""Clicks on links in emails: which link, in which email, how often. No cookie, no picture."""

from django.db import models

from kernel.ids import uuid7
from tenants.messaging.models.emails import Email


class EmailLink(models.Model):
    """One destination of the emails of one kind.

    `target` is an address of the merchant's, or the name of a link that each reader has their own
    of (`space_url`, `referral_url`): no token is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    target = models.CharField(max_length=1000)

    class Meta:
        db_table = "messaging_link"
        constraints = [
            models.UniqueConstraint(fields=["kind", "target"], name="one_link_of_a_kind")
        ]


class Click(models.Model):
    """That a reader followed a link: once per email and link, with a count."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.ForeignKey(Email, on_delete=models.CASCADE, related_name="clicks")
    link = models.ForeignKey(EmailLink, on_delete=models.CASCADE, related_name="clicks")
    count = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_click"
        constraints = [
            models.UniqueConstraint(fields=["email", "link"], name="one_click_row_per_link")
        ]
