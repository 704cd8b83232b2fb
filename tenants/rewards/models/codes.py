"""Voucher codes: made by us, or a list that the merchant brings."""

from django.db import models

from kernel.ids import public_id, uuid7


class CodeList(models.Model):
    """Codes that the merchant's shop knows, given out one by one, each once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    warn_below = models.IntegerField(default=20, db_default=20)
    warned_at = models.DateTimeField(null=True)
    in_use = models.BooleanField(
        default=False, db_default=False, help_text="Something above gives from it, prizes aside."
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table = "rewards_code_list"
        ordering = ["name", "id"]

    @property
    def public_id(self) -> str:
        return public_id("cdl", self.id)


class ListedCode(models.Model):
    """One code of a list; `taken_by` names what it was given to, e.g. claim:<uuid>."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=64)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "rewards_listed_code"
        indexes = [
            models.Index(
                fields=["code_list", "id"],
                condition=models.Q(taken_at__isnull=True),
                name="code_free",
            )
        ]
        constraints = [models.UniqueConstraint(fields=["code_list", "code"], name="code_once")]
