"""What the operator gives one merchant beside its plan, and what merchants were told of limits."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7


class Grant(models.Model):
    """One feature, or one higher limit, for one merchant: why, by whom, from when until when.

    A row is never edited but for its withdrawal. `value` is the limit; empty is without limit.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(db_index=True)
    feature = models.CharField(max_length=20, blank=True, default="")
    limit = models.CharField(max_length=20, blank=True, default="")
    value = models.PositiveBigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    # The operator's user; empty where it was granted by command.
    granted_by = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(feature="", limit__gt="") | Q(feature__gt="", limit=""),
                name="grant_is_of_a_feature_or_of_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="grant_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(reason__gt=""), name="grant_has_a_reason"),
        ]

    @property
    def public_id(self) -> str:
        """As the operator names it."""
        return public_id("grt", self.id)


class LimitNotice(models.Model):
    """An owner was told that this much of a limit is used: once for each value of the limit.

    `period` is the month for what is counted by the month, else empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField()
    limit = models.CharField(max_length=20)
    value = models.PositiveBigIntegerField()
    percent = models.PositiveSmallIntegerField()
    period = models.CharField(max_length=7, blank=True, default="")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "limit", "value", "percent", "period"],
                name="limit_told_once",
            )
        ]
