"""What the merchant told us of their business: it helps to set rules and moves no money."""

from django.db import models
from django.db.models import Q


class Preferences(models.Model):
    """One row at most. Amounts are cents, the margin is in hundredths of a percent (SP-05, O2)."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    trade = models.CharField(max_length=40, blank=True)
    average_basket = models.BigIntegerField(null=True)
    margin = models.IntegerField(null=True)
    ready_to_spend = models.BigIntegerField(null=True, help_text="For one new customer.")
    gift_after = models.IntegerField(null=True, help_text="Referrals that earn a gift (OF-05).")
    explanation = models.TextField(blank=True, help_text="How the programme works (SO-08).")
    book_accounts = models.JSONField(
        default=dict, db_default={}, help_text="The accountant's own numbers and names."
    )
    draft = models.JSONField(default=dict, db_default={}, help_text="The set-up, unpublished.")
    setup_step = models.CharField(max_length=20, blank=True)
    set_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programme_preferences"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="preferences_one_row"),
            models.CheckConstraint(
                condition=(Q(gift_after__isnull=True) | Q(gift_after__gt=0))
                & (Q(margin__isnull=True) | Q(margin__gte=0, margin__lte=10_000)),
                name="preferences_sane",
            ),
        ]
