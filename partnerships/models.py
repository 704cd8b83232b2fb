"""Partnerships between merchants, all in the public schema.

A merchant is named by its id, without a constraint in the database: its row may come later (a
back office in the making) and a schema may live on another machine.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now as current_time
from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError
from kernel.ids import public_id, uuid7
from tenants.models import Tenant


class Side(models.TextChoices):
    """Which of the two: the major runs the operations, the minor takes part."""

    MAJOR = "major", _("Organisateur")
    MINOR = "minor", _("Partenaire invité")


class Origin(models.TextChoices):
    """How the major named the minor."""

    CODE = "code", _("Code partenaire")
    DETAILS = "details", _("Coordonnées")


class State(models.TextChoices):
    """A partnership from its first word to its last. Data move while it is ACTIVE only."""

    MAKING = "making", _("En préparation")
    PROPOSED = "proposed", _("Proposé")
    ACTIVE = "active", _("Actif")
    ENDED = "ended", _("Terminé")


OPEN_STATES = (State.MAKING, State.PROPOSED, State.ACTIVE)


class Ending(models.TextChoices):
    """How it ended."""

    DECLINED = "declined", _("Refusé")
    WITHDRAWN = "withdrawn", _("Retiré")
    ENDED = "ended", _("Terminé")


class PartnerCode(models.Model):
    """The code by which other merchants ask this one to be their partner. One at a time."""

    tenant = models.OneToOneField(
        Tenant, on_delete=models.CASCADE, primary_key=True, related_name="partner_code"
    )
    code = models.CharField(max_length=10, unique=True)
    made_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)

    @property
    def shown(self) -> str:
        """As it is read aloud: `XXXXX-XXXXX`."""
        return f"{self.code[:5]}-{self.code[5:]}"


def _merchant(side: str, *, null: bool = False) -> Any:
    return models.ForeignKey(
        Tenant, on_delete=models.DO_NOTHING, db_constraint=False, null=null, related_name=side
    )


class Partnership(models.Model):
    """One merchant (the major) asks another (the minor) to run operations together.

    `minor` is empty while the person of `contact_email`, who owns a back office already, has not
    said with which one: until then nothing about it is told to the major (R33). `asked_user_id`
    and `asked_tenant_id` are that person and the address that their link opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    major = _merchant("+")
    minor = _merchant("+", null=True)
    origin = models.CharField(max_length=7, choices=Origin.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    # The form that asked: sent twice, it is one partnership (R3).
    key = models.UUIDField()
    agreement = models.CharField(max_length=12)
    # Of the text in force, whatever its language: its version, and who the parties are in it (see
    # `agreement.terms_of`). Fixed once both sides have accepted it.
    terms = models.CharField(max_length=64, blank=True, default="", db_default="")

    # Whom the major named. The contact is blanked three years after the end (`forgetting`).
    name = models.CharField(max_length=120, blank=True)
    site_url = models.URLField(blank=True)
    language = models.CharField(max_length=5, default="fr")
    contact_first_name = models.CharField(max_length=80, blank=True)
    contact_last_name = models.CharField(max_length=80, blank=True)
    contact_email = models.EmailField(max_length=254, blank=True)

    asked_by = models.UUIDField(null=True)
    asked_user_id = models.UUIDField(null=True)
    asked_tenant_id = models.UUIDField(null=True)
    token_version = models.PositiveIntegerField(default=0)
    token_hash = models.CharField(max_length=64, blank=True)
    token_expires_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField(default=current_time)
    # The last time somebody was written to about it.
    sent_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["major", "state"], name="partnership_major"),
            models.Index(fields=["minor", "state"], name="partnership_minor"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(minor=None) | ~Q(minor=models.F("major")),
                name="partnership_not_with_itself",
            ),
            models.UniqueConstraint(fields=["major", "key"], name="partnership_once_per_form"),
            models.UniqueConstraint(
                fields=["major", "minor"],
                condition=~Q(state=State.ENDED),
                name="partnership_one_open",
            ),
            models.UniqueConstraint(
                models.F("major"),
                Lower("contact_email"),
                condition=~Q(state=State.ENDED) & ~Q(contact_email=""),
                name="partnership_one_open_per_address",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="partnership_token"
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("prt", self.id)

    @property
    def contact(self) -> str:
        """The contact's name, as far as it is known."""
        return f"{self.contact_first_name} {self.contact_last_name}".strip()

    def side_of(self, tenant_id: uuid.UUID) -> Side | None:
        """On which side this merchant stands, or None for one who is not of it."""
        if tenant_id == self.major_id:
            return Side.MAJOR
        return Side.MINOR if tenant_id == self.minor_id else None


class AppendOnlyError(ConflictError):
    """This row is a proof: it is written once, and neither changed nor deleted."""

    code = "append_only"


class AgreementAcceptance(models.Model):
    """One side's word, with the very text that was read (D5). Written once (see `save`).

    It counts while `version` and `terms` are those of the partnership; another text, with other
    parties in it, is accepted by another row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="acceptances"
    )
    side = models.CharField(max_length=5, choices=Side.choices)
    tenant_id = models.UUIDField()
    version = models.CharField(max_length=12)
    terms = models.CharField(max_length=64, blank=True, default="", db_default="")
    language = models.CharField(max_length=5)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    accepted_by = models.UUIDField()
    accepted_name = models.CharField(max_length=170)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "side", "version", "terms"], name="agreement_terms_once"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise AppendOnlyError


class Crossing(models.Model):
    """One time that code working for one merchant entered another's schema: who, why, what about.

    `subject` names a row by its outside id or its kind, never a person (D9).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    from_tenant = models.UUIDField()
    to_tenant = models.UUIDField()
    why = models.CharField(max_length=20)
    subject = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partnership", "at"], name="crossing_of_partnership")]
