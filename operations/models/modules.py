"""What an operation is made of: modules in order, each with its mechanic, fields and partners."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from operations.models.operations import Operation


class Rule(models.TextChoices):
    """How often one person may take part."""

    ONCE = "once", "once"
    DAILY = "daily", "daily"
    TIMES = "times", "times"


class OperationModule(models.Model):
    """One mechanic in an operation.

    `kind` is a key of `operations.mechanics.MECHANICS`, `settings` what its form cleaned. `fields`
    is a list of `{"name", "required", "partners": [partnership ids], …}`: see `operations.fields`.
    A module that was taken away keeps its participations, with `removed_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="modules")
    position = models.IntegerField(default=0)
    kind = models.CharField(max_length=20)
    title = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    fields = models.JSONField(default=list)
    asks_optin = models.BooleanField(default=False)
    optin_text = models.JSONField(default=dict)
    rule = models.CharField(max_length=5, choices=Rule.choices, default=Rule.ONCE)
    times = models.IntegerField(default=1)
    double_optin = models.BooleanField(default=False)
    minimum_age = models.IntegerField(null=True)
    asks_rules = models.BooleanField(default=False)
    created_at = models.DateTimeField(editable=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_module"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(times__gte=1, times__lte=100), name="module_times_are_few"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("mod", self.id)


class ModulePartner(models.Model):
    """A partner of one module, with the opt-in that is theirs alone.

    Name and back office are those of when the partner was chosen; `policy_url` is what the merchant
    typed, for as long as the partner has said nothing itself. Who it is now, and whether that is
    somebody else, says `operations.parties`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    module = models.ForeignKey(OperationModule, on_delete=models.PROTECT, related_name="partners")
    partnership_id = models.UUIDField()
    partner_tenant_id = models.UUIDField()
    name = models.CharField(max_length=120)
    policy_url = models.URLField(blank=True, max_length=300)
    asks_optin = models.BooleanField(default=False)
    optin_text = models.JSONField(default=dict)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "operations_module_partner"
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["module", "partnership_id"], name="module_partner_once")
        ]

    @property
    def policy(self) -> str:
        """The address of the policy, where it is one that a reader may follow (R34)."""
        return followed(self.policy_url)


def followed(address: str) -> str:
    """An address that may stand behind a link, or "" for any other (R34)."""
    return address if address.startswith(("https://", "http://")) else ""
