"""A person known to one merchant.

Every personal field says what it is for and how long it is kept, in `PURPOSES`: a test fails
where a field has no entry (D6).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7


class ProfileKind(models.TextChoices):
    """What somebody is to the merchant: influencers and partners share a code of theirs (FS-13)."""

    CUSTOMER = "customer", _("Client")
    INFLUENCER = "influencer", _("Influenceur")
    PARTNER = "partner", _("Partenaire")


class PresentManager(models.Manager["Profile"]):
    """Everybody but the records that went into others: those are found by their old addresses."""

    def get_queryset(self) -> models.QuerySet["Profile"]:
        return super().get_queryset().filter(merged_into__isnull=True)


class Profile(models.Model):
    """One person, as one merchant knows them. Order figures count confirmed orders only.

    `objects` leaves merged records out; `everyone` has them. Whoever asked to be forgotten keeps a
    nameless row, with `erased_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, null=True, unique=True)  # noqa: DJ001
    email_folded = models.CharField(max_length=254, blank=True, db_index=True)
    phone = models.CharField(max_length=20, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    gender = models.CharField(
        max_length=1, blank=True, choices=[("", "—"), ("f", "Madame"), ("m", "Monsieur")]
    )
    shop = models.CharField(max_length=120, blank=True, help_text="Company or shop, if any.")
    language = models.CharField(max_length=5, default="fr")
    external_id = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001
    notes = models.TextField(blank=True)
    source = models.CharField(max_length=20, default="manual")
    is_test = models.BooleanField(default=False, db_default=False)
    kind = models.CharField(
        max_length=10,
        choices=ProfileKind.choices,
        default=ProfileKind.CUSTOMER,
        db_default="customer",
    )
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    # A yes to news and reminders, said by the person; customers may be written to without.
    consented_at = models.DateTimeField(null=True, blank=True, editable=False)
    account_created_at = models.DateTimeField(null=True, blank=True)
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(null=True, blank=True)
    # A purchase that the customer history tells of, of which no order is kept here (SP-22).
    bought_before = models.DateTimeField(null=True, blank=True, editable=False)
    # What they did, or who brought them, that leaves no row for three years: see `contacts`.
    last_contact_at = models.DateTimeField(null=True, editable=False)
    order_count = models.IntegerField(default=0, db_default=0)
    order_total = models.BigIntegerField(default=0, db_default=0)
    search_text = models.TextField(blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="duplicates", editable=False
    )
    # The person asked for it in their space; somebody of the merchant's answers.
    erasure_asked_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    # The years without contact did it (D6), not a wish of theirs: that is nobody else's to follow.
    forgotten_by_time = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = PresentManager()
    everyone = models.Manager["Profile"]()

    class Meta:
        db_table = "profiles_profile"
        indexes = [
            # Whoever never ordered comes last in the list, whichever way it runs.
            models.Index(
                models.F("last_order_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="profile_last_bought",
            ),
            models.Index(
                fields=["erasure_asked_at"],
                condition=Q(erasure_asked_at__isnull=False),
                name="profile_erasure_asked",
            ),
            models.Index(fields=["last_name", "first_name", "id"], name="profile_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(order_count__gte=0, order_total__gte=0), name="profile_figures"
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("cus", self.id)

    @property
    def name(self) -> str:
        """First and last name, or the email, or the phone number: never empty on screen."""
        if self.erased_at is not None:
            return gettext("Personne effacée")
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or "—"

    @property
    def short_name(self) -> str:
        """How one customer sees another: the first name, and nothing of an address (R23)."""
        return self.first_name or gettext("Un proche")


# What each personal field is for, and how long it is kept.
PURPOSES = {
    "email": "Reach the person and recognise them; 3 years after the last contact.",
    "email_key": "Match the email without case; as long as the email.",
    "email_folded": "Judge aliases where fraud is judged; as long as the email.",
    "phone": "Recognise and reach the person; 3 years after the last contact.",
    "first_name": "Address the person; 3 years after the last contact.",
    "last_name": "Address the person; 3 years after the last contact.",
    "gender": "Write French that agrees; 3 years after the last contact.",
    "shop": "Tell business customers apart; 3 years after the last contact.",
    "language": "Write in the person's language; 3 years after the last contact.",
    "external_id": "Match the shop's own customer; 3 years after the last contact.",
    "notes": "The merchant's own notes; 3 years after the last contact.",
    "search_text": "Find the person in the back office; as long as the name.",
}
# What is never written on the row of somebody who was forgotten: it is not blanked a second time.
TELLING = frozenset(PURPOSES) - {"language"}
