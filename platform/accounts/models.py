"""Users, and what each may do in which tenant. All in the public schema."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from kernel.ids import uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a user who can log in once a password is set."""
        user = self.model(email=email.strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


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


class Role(models.TextChoices):
    """What a member may do. Each role may do all that the one below it may."""

    OWNER = "owner", "Propriétaire"
    MANAGER = "manager", "Gestionnaire"
    VIEWER = "viewer", "Lecture seule"


class Membership(models.Model):
    """One user's role in one tenant. The tenant is named by its id: it lives a floor above."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant_id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(db_index=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "tenant_id"], name="membership_unique"),
        ]
