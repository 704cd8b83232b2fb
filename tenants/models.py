"""Merchants and their addresses, in the public schema."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.utils.timezone import now as current_time
from django.utils.translation import gettext as _

from kernel.ids import uuid7
from kernel.money import CURRENCIES

# R22: schema names are made here, never from what somebody typed.
SCHEMA_NAME = re.compile(r"^[a-z][a-z0-9_]{2,30}\Z")
RESERVED_SCHEMAS = frozenset({"public", "information_schema", "template", "postgres"})


class TenantState(models.TextChoices):
    PROVISIONING = "provisioning", "En création"
    ACTIVE = "active", "Actif"
    SUSPENDED = "suspended", "Suspendu"
    DELETING = "deleting", "Suppression prévue"
    DELETED = "deleted", "Supprimé"


class Tenant(models.Model):
    """One merchant. Its row stays after deletion, so that its schema name is never used again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schema_name = models.CharField(
        max_length=31, unique=True, editable=False, validators=[RegexValidator(SCHEMA_NAME)]
    )
    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=80, blank=True, help_text="Shown under the name.")
    state = models.CharField(
        max_length=12, choices=TenantState.choices, default=TenantState.PROVISIONING
    )
    brand_color = models.CharField(max_length=7, default="#0F6170")
    brand_tokens = models.JSONField(default=dict, blank=True)
    site_url = models.URLField(blank=True, help_text="The merchant's shop.")
    # Where its customers read what it does with their data: shown beside its box in operations.
    policy_url = models.URLField(blank=True, default="", db_default="", max_length=300)
    # Legal form, seat and registration, in the merchant's words: official rules name who runs them.
    legal_notice = models.CharField(blank=True, default="", db_default="", max_length=300)
    # Where replies go; at first the address of whoever signed up, so it is shown to nobody.
    contact_email = models.EmailField(blank=True)
    # What strangers may read on a public page: only what the merchant gave for that.
    public_email = models.EmailField(blank=True, db_default="")
    currency = models.CharField(
        max_length=3, default="EUR", choices=[(code, code) for code in CURRENCIES]
    )
    language = models.CharField(max_length=5, default="fr")
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    # What the merchant has switched on: names of `tenants.features.Feature`.
    modules = models.JSONField(default=list, db_default=[], blank=True)
    # A partner who is no merchant here: its back office holds what partnerships need, no more.
    partner_only = models.BooleanField(default=False, db_default=False)
    # What its plan and grants allow, as `tenants.entitlements.refresh` copied it, and until when
    # that holds. Empty: it has no account with us, and may use everything.
    entitlements = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    entitled_until = models.DateTimeField(null=True, editable=False, db_index=True)
    # Restored under another name, beside the original: its customers hear nothing of it.
    is_copy = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=current_time, editable=False)
    state_changed_at = models.DateTimeField(default=current_time)
    # R25: set while the state is DELETING; the schema is dropped after this moment.
    delete_after = models.DateTimeField(null=True, blank=True, editable=False)

    # django-tenants asks these of a tenant model.
    auto_create_schema = False
    auto_drop_schema = False
    domain_url: str | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^[a-z][a-z0-9_]{2,30}$"),
                name="tenant_schema_name_is_ours",
            ),
        ]

    def get_tenant_type(self) -> str:
        """Asked by django-tenants; there is one type."""
        return "tenant"

    @property
    def zone(self) -> ZoneInfo:
        """Where the merchant's days begin (R11)."""
        return ZoneInfo(self.timezone)

    @property
    def shown_kind(self) -> str:
        """Under the name in the back office: the merchant's words, or what a limited partner is."""
        return _("Partenaire invité") if self.partner_only else self.kind

    @property
    def is_public(self) -> bool:
        """Never true of a row of ours; the question django-tenants' own stand-in answers yes."""
        return self.schema_name == "public"


class Domain(models.Model):
    """A host name that leads to a tenant. Exactly one is primary: links in emails use it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    domain = models.CharField(max_length=253, unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    is_primary = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="one_primary_domain"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.domain = self.domain.lower()
        super().save(*args, **kwargs)


class SchemaRecording(models.Model):
    """What a tenant schema is made of, for one state of the code: replayed for every new tenant.

    `statements` is the SQL that Django's executor ran on a template schema, in order;
    `fingerprint` is what that schema was afterwards, so that a replay can be compared with it.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    statements = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
