"""The merchant's own sites, what is shown on them, and the ways into a customer's space."""

import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone

from kernel.ids import public_id, uuid7
from tenants.profiles.models import Profile
from widgets.display.models import Widget, WidgetSighting

__all__ = [
    "LinkPurpose",
    "ShopKey",
    "ShopWidget",
    "Site",
    "SpaceLink",
    "SpaceSession",
    "Widget",
    "WidgetKind",
    "WidgetSighting",
    "connection_of",
]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
KEY_PREFIX = "pk_live_"


def new_public_key() -> str:
    """`pk_live_` and 24 random characters. It names a site in its pages; it is no secret."""
    return KEY_PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(24))


def connection_of(public_key: str) -> str:
    """The connection of a public key."""
    return f"site:{public_key}"


class AllowedManager(models.Manager["Site"]):
    """The addresses that may report: those that were taken off the list are left out."""

    def get_queryset(self) -> models.QuerySet["Site"]:
        return super().get_queryset().filter(removed_at__isnull=True)


class Site(models.Model):
    """One origin (`https://shop.example`) whose pages may report to this merchant.

    `objects` holds those that are allowed. A key outlives its address: a shop that moves keeps
    its theme, with the tag in it, and what the new address reports names the old key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    origin = models.CharField(max_length=270, unique=True)
    public_key = models.CharField(
        max_length=40, unique=True, default=new_public_key, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_seen_url = models.CharField(max_length=500, blank=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = AllowedManager()
    everyone = models.Manager["Site"]()

    class Meta:
        ordering = ["created_at", "id"]

    @property
    def public_id(self) -> str:
        return public_id("sit", self.id)

    @property
    def connection(self) -> str:
        """How `tenants.activity` knows what this site brings."""
        return connection_of(self.public_key)


class WidgetKind(models.TextChoices):
    """What can be shown on a shop's pages; each has its script in `widgets/shown/kinds/`."""

    LAUNCHER = "launcher", "Mise en avant du parrainage"


class ShopWidget(models.Model):
    """What the merchant has the script show on the shop, with the words of their own.

    `words` holds what was typed and nothing else: an empty text is made from the rules in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=WidgetKind.choices, unique=True)
    active = models.BooleanField(default=False, db_default=False)
    words = models.JSONField(default=dict, db_default={})
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "widgets_shop_widget"


class ShopKey(models.Model):
    """A key with which the shop's server signs its customers' way into their space.

    The secret is derived from this row and the platform's: it is shown once, and no copy of the
    database signs anything. `refusal` is why the last link that named this key was not taken.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    last4 = models.CharField(max_length=4)
    created_by = models.UUIDField(null=True, help_text="The user; null for a command.")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="Exact to a minute.")
    expires_at = models.DateTimeField(null=True, help_text="Set by a rotation: end of overlap.")
    revoked_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=20, default="", db_default="", blank=True)
    refused_at = models.DateTimeField(null=True, help_text="Exact to a minute.")

    class Meta:
        db_table = "widgets_shop_key"
        ordering = ["-created_at", "-id"]

    @property
    def public_id(self) -> str:
        return public_id("shk", self.id)

    @property
    def shown(self) -> str:
        """How the key is told from others once it cannot be shown any more."""
        return f"rs_…{self.last4}"

    def is_valid(self, *, now: datetime) -> bool:
        """Whether the key opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class LinkPurpose(models.TextChoices):
    """A link that was asked for, the one that a cagnotte's email carries, or one of the shop's."""

    ASKED = "asked", "Demandé"
    EMAIL = "email", "E-mail"
    SHOP = "shop", "Boutique"


class SpaceLink(models.Model):
    """One way into a customer's space, used once (R24).

    The token and the six digits are derived from the id and the platform's secret: nothing here
    opens anything. A link that was asked for with an address that nobody has is a row like any
    other, with no profile (R33); an email's own link, and one that the shop signed, is written
    down when it is used.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=5, choices=LinkPurpose.choices)
    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, related_name="space_links", null=True
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "widgets_space_link"
        indexes = [models.Index(fields=["expires_at"], name="space_link_over")]


class SpaceSession(models.Model):
    """A browser in which a customer's space is open. The cookie's random text is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="space_sessions")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # The balance that was last shown here: the rings spread once when it has risen.
    seen_available = models.BigIntegerField(null=True)

    class Meta:
        db_table = "widgets_space_session"
        indexes = [models.Index(fields=["profile", "revoked_at"], name="space_session_open")]
