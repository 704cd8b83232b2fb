"""What operators did, and when they looked at a merchant's back office. All in public.

No row has a foreign key: a trail outlives the person and the merchant that it tells of.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.plans import Allowed, Limit
from kernel.ids import public_id, uuid7
from shell import formats


class Act(models.TextChoices):
    """What an operator can do that is written down."""

    LOGGED_IN = "logged_in", _("Connexion")
    OPERATOR_ADDED = "operator_added", _("Accès à la console donné")
    OPERATOR_REMOVED = "operator_removed", _("Accès à la console retiré")
    SUSPENDED = "suspended", _("Suspension")
    RESUMED = "resumed", _("Réouverture")
    DELETING = "deleting", _("Suppression programmée")
    DELETED = "deleted", _("Suppression")
    BACKED_UP = "backed_up", _("Sauvegarde")
    RESTORED = "restored", _("Restauration d’une sauvegarde")
    OWNER_INVITED = "owner_invited", _("Invitation d’un propriétaire")
    KEY_MADE = "key_made", _("Clé secrète créée")
    EXPORTED = "exported", _("Export complet")
    FEATURE_GRANTED = "feature_granted", _("Fonction accordée")
    LIMIT_GRANTED = "limit_granted", _("Limite relevée")
    GRANT_WITHDRAWN = "grant_withdrawn", _("Octroi retiré")
    EVENT_RETRIED = "event_retried", _("Envoi relancé")
    JOB_RETRIED = "job_retried", _("Travail relancé")
    SEEN_AS = "seen_as", _("Back-office consulté")
    LEFT = "left", _("Fin de la consultation")


class Entry(models.Model):
    """One act of an operator. Rows are never changed or deleted: the database refuses it too.

    `operator_id` is null for the command line. `about` names what it was about within the
    merchant, by its id or its kind; neither it nor the reason names a customer (D9).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    act = models.CharField(max_length=20, choices=Act.choices)
    operator_id = models.UUIDField(null=True)
    operator_name = models.CharField(max_length=170, blank=True)
    tenant_id = models.UUIDField(null=True)
    tenant_name = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        indexes = [
            models.Index(fields=["-at", "-id"], name="entry_latest"),
            models.Index(fields=["tenant_id", "-at"], name="entry_of_tenant"),
        ]

    @property
    def about_words(self) -> str:
        """What it was about, by the name that plans give it where they have one."""
        name, _sign, value = self.about.partition(": ")
        for kind in (Allowed, Limit):
            if name in set(kind):
                words = str(kind(name).label)
                return formats.labelled(words, value) if value else words
        return self.about

    @property
    def words(self) -> str:
        """The act as its merchant reads it: with what was granted or withdrawn, but no ids."""
        act = str(Act(self.act).label)
        known = self.act in (Act.FEATURE_GRANTED, Act.LIMIT_GRANTED, Act.GRANT_WITHDRAWN)
        return formats.labelled(act, self.about_words) if known and self.about else act


class Visit(models.Model):
    """An operator looks at one merchant's back office, from `created_at` until `ends_at`.

    The link that opens it carries `accounts.tokens.token_for(id)`, works once, and no later than
    `link_until`. `closed_at` is when it was ended before its time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator_id = models.UUIDField(db_index=True)
    tenant_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=300)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    link_until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__gt=""), name="visit_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("created_at")), name="visit_ends_after_it_begins"
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id("vis", self.id)
