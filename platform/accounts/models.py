"""Users, and what each may do in which tenant. All in the public schema.

No row here has a foreign key to a tenant: tenants live a floor above, and are named by their id.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id, uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a user who can log in once a password is set."""
        user = self.model(email=email.strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def by_email(self, email: str) -> models.QuerySet["User"]:
        """The user of this address, whatever its case, through the unique index; or nobody."""
        return self.alias(folded_email=Lower("email")).filter(folded_email=email.strip().lower())

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.by_email(username or "").get()


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in to back offices: one identity, whatever the number of tenants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, default="fr")
    theme = models.CharField(
        max_length=6,
        default="system",
        choices=[("system", "system"), ("light", "light"), ("dark", "dark")],
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    @property
    def name(self) -> str:
        """First and last name, or the email's local part when no name was given."""
        return f"{self.first_name} {self.last_name}".strip() or self.email.split("@")[0]

    def get_full_name(self) -> str:
        """What Django's own templates ask for."""
        return self.name


class Role(models.TextChoices):
    """What a member may do. Each role may do all that the one below it may."""

    OWNER = "owner", _("Propriétaire")
    MANAGER = "manager", _("Gestionnaire")
    VIEWER = "viewer", _("Lecture seule")

    def covers(self, other: "Role") -> bool:
        """Whether this role may do all that `other` may."""
        order = [Role.VIEWER, Role.MANAGER, Role.OWNER]
        return order.index(self) >= order.index(other)


class Membership(models.Model):
    """One user's role in one tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "tenant_id"], name="membership_unique"),
        ]

    @property
    def public_id(self) -> str:
        return public_id("mbr", self.id)

    @property
    def can_manage(self) -> bool:
        return Role(self.role).covers(Role.MANAGER)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER


INVITATION_EVENT = "accounts.invitation"


class Invitation(models.Model):
    """A colleague asked to join one tenant, by a link that works once (R24).

    The link's token is derived from the row and its `version`: sending again with a new version
    ends the link sent before. Only the token's hash is stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(db_index=True)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # The outbox event that has it mailed: a room above may invite in words of its own.
    event = models.CharField(max_length=40, default=INVITATION_EVENT, db_default=INVITATION_EVENT)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # R42: one address is never asked twice at the same time.
            models.UniqueConstraint(
                models.F("tenant_id"),
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open_per_address",
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("inv", self.id)


class LinkPurpose(models.TextChoices):
    RESET = "reset", "password reset"
    HAND_OVER = "hand_over", "session opened on another tenant"
    OPERATOR = "operator", "first log-in of an operator"


class OneTimeLink(models.Model):
    """A link bound to a tenant, a purpose and a person, used once (R24).

    A reset asked for an address that nobody has makes a row too, without a user: the work done
    is the same, so its time tells nothing (R33).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=10, choices=LinkPurpose.choices)
    tenant_id = models.UUIDField()
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)


class LoginSession(AbstractBaseSession):
    """A browser's session, with whose it is and where, so that all of a person's can be ended."""

    user_id = models.UUIDField(null=True, db_index=True)
    tenant_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore


class Throttle(models.Model):
    """How often one thing was tried since its window opened.

    In the database and not in the cache: a cache that is down or emptied must not open the door.
    """

    key = models.CharField(primary_key=True, max_length=160)
    count = models.PositiveIntegerField(default=0)
    resets_at = models.DateTimeField(db_index=True)
