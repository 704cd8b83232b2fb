"""Records that look alike and are two people, as the merchant said."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import uuid7
from tenants.profiles.models.people import Profile


class DistinctPair(models.Model):
    """Two people who are not suggested as one any more; the lower id comes first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        db_table = "profiles_distinct_pair"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_ordered"),
        ]
