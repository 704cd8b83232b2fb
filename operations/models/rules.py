"""The official rules of an operation, as people accept them: version after version."""

from django.db import models

from kernel.ids import uuid7
from operations.models.operations import Operation


class RulesVersion(models.Model):
    """One wording of the rules, in force from `since` until the next one.

    Append-only, which `operations.guard` has the database hold: what somebody accepted is never
    another text. `text` is as `Operation.rules`, `text_hash` the SHA-256 of all of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="rules_versions"
    )
    number = models.IntegerField()
    text = models.JSONField()
    text_hash = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        db_table = "operations_rules"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "number"], name="rules_number_once")
        ]
