"""Who took part in what, how they came, and what came of it."""

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from operations.models.modules import OperationModule
from operations.models.operations import Operation
from operations.models.rules import RulesVersion
from tenants.profiles.models import Consent, Profile


class SourceKind(models.TextChoices):
    """The way somebody came to the page."""

    SITE = "site", "site"
    WIDGET = "widget", "widget"
    LINK = "link", "link"
    EMAIL = "email", "email"
    QR = "qr", "qr"


class ParticipationState(models.TextChoices):
    """PENDING waits for the emailed link (double opt-in); VOID counts for nothing any more."""

    PENDING = "pending", "pending"
    COUNTED = "counted", "counted"
    VOID = "void", "void"


class Participation(models.Model):
    """One participation.

    `slot` is what the module's rule makes unique: "" (once), the merchant's day (daily) or the
    number (n times); `person_key` is the same for all aliases of one address. `key` is the form's
    own: the same form sent again is the same participation, and `body_hash` tells whether it says
    the same. `fields` holds what was asked and given, `answers` what the mechanic cleaned,
    `outcome` what it decided: `{"kind": …, …}`.

    A rehearsal's rows (`is_test`) have no profile: nobody is added to anybody's file.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="participations"
    )
    module = models.ForeignKey(
        OperationModule, on_delete=models.PROTECT, related_name="participations"
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, null=True, related_name="participations"
    )
    source_kind = models.CharField(
        max_length=8, choices=SourceKind.choices, default=SourceKind.SITE
    )
    source_ref = models.CharField(max_length=80, blank=True)
    # The partner through whose link or widget the person came.
    source_partnership_id = models.UUIDField(null=True)
    day = models.DateField()
    slot = models.CharField(max_length=12, blank=True)
    person_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    is_test = models.BooleanField(default=False)
    rehearsal = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=ParticipationState.choices)
    language = models.CharField(max_length=5, default="fr")
    fields = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    was_new = models.BooleanField(default=False)
    # Whether it is this person's first that counts, in the operation and in the module: figures
    # count people by these, on both sides alike.
    is_first = models.BooleanField(default=False, db_default=False)
    is_first_in_module = models.BooleanField(default=False, db_default=False)
    # The yes to the merchant that came with it, and whether it is the person's first that holds.
    own_consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    is_first_optin = models.BooleanField(default=False, db_default=False)
    # Of a rehearsal: the boxes that were ticked, of which no consent is kept.
    boxes = models.JSONField(default=list, db_default=[])
    # By partnership, the fields that the form said go there with that box; null is from before.
    going = models.JSONField(null=True)
    form_version = models.CharField(max_length=16, blank=True)
    # The version of the rules that was accepted, and when: what stays of it proves no more.
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, null=True, related_name="+")
    rules_accepted_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, unique=True)
    body_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(editable=False)
    confirmed_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "operations_participation"
        indexes = [
            models.Index(fields=["operation", "-created_at", "-id"], name="participation_newest"),
            models.Index(fields=["operation", "day"], name="participation_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "profile", "slot"],
                condition=Q(is_test=False) & ~Q(state="void"),
                name="participation_once_by_rule",
            ),
            models.UniqueConstraint(
                fields=["module", "person_key", "slot"],
                condition=Q(is_test=False) & ~Q(state="void") & ~Q(person_key=""),
                name="participation_once_by_address",
            ),
            models.CheckConstraint(
                condition=Q(is_test=True) | Q(profile__isnull=False),
                name="participation_of_somebody",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("prc", self.id)
