"""Who joined the loyalty programme."""

from django.db import models

from tenants.profiles.models import Profile


class Membership(models.Model):
    """A customer who joined, by a box at checkout, an import or the merchant's hand.

    Leaving keeps the row: `left_at` is set, and joining again clears it.
    """

    profile = models.OneToOneField(
        Profile, on_delete=models.PROTECT, primary_key=True, related_name="loyalty_membership"
    )
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=20)

    class Meta:
        db_table = "loyalty_membership"
