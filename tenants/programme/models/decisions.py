"""Why something was granted or refused."""

from django.db import models

from kernel.ids import uuid7
from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.programme.models.versions import ProgrammeVersion
from tenants.referrals.models import Referral


class Decision(models.Model):
    """Every grant and every refusal, explained. Append-only; facts are ids, dates and amounts.

    The sentence is written when it is read, for who reads it (`sentences`), so that it can name
    people without keeping their names here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40)
    decided_at = models.DateTimeField()
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="decisions", null=True
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="decisions", null=True)
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="decisions", null=True
    )
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, null=True)
    amount = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=3, blank=True)
    facts = models.JSONField(default=dict)
    author_id = models.UUIDField(null=True, help_text="The user who decided, if a person did.")

    class Meta:
        db_table = "programme_decision"
        indexes = [
            models.Index(fields=["order"], name="decision_of_order"),
            models.Index(fields=["profile", "-decided_at"], name="decision_of_profile"),
        ]
