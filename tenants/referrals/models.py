"""Codes, clicks, invitations, and referrals: who brought whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7
from tenants.activity.models import Order, Session
from tenants.profiles.models import Profile


class ReferralCode(models.Model):
    """What a referrer shares. Stored in capitals; matched without case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=32, unique=True)
    profile = models.OneToOneField(Profile, on_delete=models.PROTECT, related_name="referral_code")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "referrals_code"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9-]+$"), name="code_shape")
        ]


class Channel(models.TextChoices):
    """How a link was passed on, as the share buttons write it into the link."""

    LINK = "link", _("Lien")
    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", "WhatsApp"
    MESSENGER = "messenger", "Messenger"
    FACEBOOK = "facebook", "Facebook"
    SMS = "sms", _("SMS")
    QR = "qr", _("QR code")


class Invitation(models.Model):
    """A friend's email that a referrer gave. One per address, whoever invites (D7, R42)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referrer = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, null=True, unique=True)  # noqa: DJ001
    # A keyed hash stays when the address is forgotten, so that nobody is invited twice (D4).
    email_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    first_name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    clicked_at = models.DateTimeField(null=True)
    forget_at = models.DateTimeField(help_text="When an unused address is deleted.")
    asked = models.BooleanField(
        default=False, db_default=False, help_text="The friend gave it, on the page of the link."
    )

    class Meta:
        db_table = "referrals_invitation"
        indexes = [
            models.Index(fields=["referrer", "-created_at"], name="invitation_of_referrer"),
            models.Index(
                fields=["forget_at"],
                condition=Q(email_key__isnull=False),
                name="invitation_to_forget",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email_hash"], condition=~Q(email_hash=""), name="invited_once_for_ever"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("inv", self.id)


class Click(models.Model):
    """One visit through a referrer's link: anonymous, or bound to a person we knew (SP-17)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.ForeignKey(ReferralCode, on_delete=models.PROTECT, related_name="clicks")
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, null=True)
    visitor = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="clicks_made", null=True
    )
    channel = models.CharField(max_length=9, choices=Channel.choices, default=Channel.LINK)
    clicked_at = models.DateTimeField()

    class Meta:
        db_table = "referrals_click"
        indexes = [models.Index(fields=["clicked_at"], name="click_time")]


class Step(models.TextChoices):
    """The ladder of attribution: the first of these that is valid wins."""

    MANUAL = "manual", "À la main"
    CODE = "code", "Code"
    COOKIE = "cookie", "Lien suivi"
    SIGNED = "signed", "Lien signé"
    EMAIL = "email", "Adresse invitée"


class ReferralState(models.TextChoices):
    """A referral waits for its order to become definitive, then is validated or not."""

    PENDING = "pending", "En attente"
    VALIDATED = "validated", "Validé"
    REFUSED = "refused", "Refusé"
    REVERSED = "reversed", "Annulé"
    HELD = "held", "À vérifier"
    CLOSED = "closed", "Clos"


# Those of which a person has one at most.
OPEN_STATES = (ReferralState.PENDING, ReferralState.VALIDATED, ReferralState.HELD)
# Those that say who sent somebody: after one of these no other code counts (SP-21).
SETTLED_STATES = (*OPEN_STATES, ReferralState.CLOSED)


class Refusal(models.TextChoices):
    """Why a referral does not count (SP-18 to SP-21)."""

    UNKNOWN_CODE = "unknown_code"
    OWN_CODE = "own_code"
    SAME_PERSON = "same_person"
    ALREADY_BOUGHT = "already_bought"
    ALREADY_HAS_ACCOUNT = "already_has_account"
    ALREADY_REFERRED = "already_referred"
    PROGRAMME_OFF = "programme_off"
    ORDER_TOO_SMALL = "order_too_small"
    SUPERSEDED = "superseded"
    CIRCLE = "circle"
    SUSPICIOUS = "suspicious"


class Referral(models.Model):
    """One referee's first order, account or session (or a link by hand), and whom it is owed to.

    A person is somebody's referee once: the first valid attribution stands. Refused ones are
    kept with their reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referrer = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="referrals_made", null=True
    )
    referee = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="referrals_received"
    )
    # The fact that it counts for. One that was known before its fact came waits for it.
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="referrals", null=True)
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="referrals", null=True
    )
    awaits_fact = models.BooleanField(default=False, db_default=False)
    code_used = models.CharField(max_length=32, blank=True)
    step = models.CharField(max_length=8, choices=Step.choices)
    channel = models.CharField(max_length=9, choices=Channel.choices, default=Channel.LINK)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=9, choices=ReferralState.choices)
    refusal = models.CharField(max_length=24, blank=True, choices=Refusal.choices)
    facts = models.JSONField(default=dict)
    # What the merchant writes on the record (OF-02); `referred_on` defaults to the day it was made.
    notes = models.TextField(blank=True, default="", db_default="")
    referred_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referrals_referral"
        indexes = [
            models.Index(fields=["referrer", "state"], name="referral_of_referrer"),
            models.Index(fields=["-created_at", "-id"], name="referral_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(referrer__isnull=True) | ~Q(referrer=F("referee")),
                name="referrer_is_not_referee",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES) | Q(referrer__isnull=False),
                name="open_referral_has_referrer",
            ),
            models.UniqueConstraint(
                fields=["referee"],
                condition=Q(state__in=OPEN_STATES),
                name="referee_counts_once",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("ref", self.id)


class SuspicionState(models.TextChoices):
    WAITING = "waiting", "À vérifier"
    CLEARED = "cleared", "Accepté"
    REFUSED = "refused", "Refusé"


class Suspicion(models.Model):
    """Why a referral waits for a person's yes or no (R43). `reasons` are codes with their facts."""

    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, primary_key=True, related_name="suspicion"
    )
    reasons = models.JSONField(default=list)
    state = models.CharField(
        max_length=7, choices=SuspicionState.choices, default=SuspicionState.WAITING
    )
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True, help_text="The user.")

    class Meta:
        db_table = "referrals_suspicion"
        indexes = [models.Index(fields=["state", "raised_at"], name="suspicion_waiting")]


class SuspicionRules(models.Model):
    """One row at most: the signals that the merchant switched off, and how many are too many."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    off = models.JSONField(default=list, db_default=[])
    most = models.IntegerField(default=8, db_default=8, help_text="Referrals of one referrer…")
    days = models.IntegerField(default=7, db_default=7, help_text="…in so many days.")

    class Meta:
        db_table = "referrals_suspicion_rules"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="suspicion_rules_one_row"),
            models.CheckConstraint(
                condition=Q(most__gt=0, days__gt=0), name="suspicion_rules_sane"
            ),
        ]
