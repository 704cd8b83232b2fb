"""What pages show about emails: kinds with their state, what was sent, and why not."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenants.messaging import choosing, permission
from tenants.messaging.bouncing import open_bounce
from tenants.messaging.kinds import KINDS, Audience, Kind, kind_of
from tenants.messaging.models import Bounce, Email, EmailState, EmailText, Outcome
from tenants.messaging.wording import latest_versions
from tenants.messaging.writing.texts import LANGUAGES
from tenants.profiles.models import Profile

AUDIENCES: dict[Audience, str | Promise] = {
    Audience.CUSTOMER: _("À vos clients"),
    Audience.FRIEND: _("À leurs proches"),
    Audience.PARTICIPANT: _("Aux participants de vos opérations"),
    Audience.TEAM: _("À votre équipe"),
}
REASONS: dict[str, str | Promise] = {
    permission.NO_ADDRESS: _("La fiche n’avait pas d’adresse e-mail."),
    permission.BOUNCED: _("L’adresse n’existe plus ou refuse nos messages."),
    permission.UNSUBSCRIBED: _("La personne s’est désinscrite."),
    permission.NOT_WANTED: _("La personne ne veut pas de ce type de message."),
    permission.TURNED_OFF: _("Vous avez désactivé ce message."),
    permission.NO_CONSENT: _("La personne n’a encore rien acheté et n’a pas dit oui."),
    "cancelled": _("Vous avez annulé la campagne."),
    "paused": _("La campagne est en pause : le message attend."),
    permission.TEST: _("C’est une fiche de test."),
    permission.ERASED: _("La personne a demandé à être effacée."),
    "refused": _("Le serveur du destinataire a refusé ce message."),
    "interrupted": _(
        "L’envoi a été interrompu : il est peut-être parti, nous ne l’avons pas répété."
    ),
    "copy": _("Cet espace est une copie à consulter : rien n’est envoyé aux clients."),
    "restored": _(
        "Vos données ont été rétablies à partir d’une sauvegarde : ce message était déjà parti."
    ),
    "forgotten": _("L’invitation est restée sans suite : l’adresse a été effacée."),
    "no_text": _("Son texte n’existe plus."),
    "unknown_kind": _("Ce type de message n’existe plus."),
}


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind on the list of all: what was changed, and whether it goes out."""

    kind: Kind
    changed: tuple[str, ...]
    enabled: bool


@dataclass(frozen=True, slots=True)
class Look:
    """How the state of an email is shown: a colour, a shape, a word."""

    tone: str
    glyph: str
    word: str | Promise


_STATES = {
    EmailState.QUEUED: Look("warn", "ring", _("En attente")),
    EmailState.SENT: Look("ok", "tick", _("Envoyé")),
    EmailState.SKIPPED: Look("mute", "dash", _("Non envoyé")),
}
_OUTCOMES = {
    Outcome.DELIVERED: Look("ok", "dot", _("Arrivé")),
    Outcome.BOUNCED: Look("bad", "cross", _("Revenu")),
    Outcome.COMPLAINED: Look("bad", "triangle", _("Signalé comme indésirable")),
}


def kinds_by_audience() -> list[tuple[str | Promise, list[KindLine]]]:
    """Every built-in kind, grouped by who reads it."""
    versions = latest_versions(kinds=KINDS)
    off = permission.turned_off()

    def line(kind: Kind) -> KindLine:
        changed = tuple(
            language
            for language in LANGUAGES
            if (row := versions.get((kind.name, language))) is not None and not row.is_original
        )
        return KindLine(kind, changed, not (kind.optional and kind.name in off))

    # The words of a reminder are reached from its scenario.
    shown = [kind for kind in KINDS.values() if not kind.mailing and kind.offered]
    groups = [
        (label, [line(kind) for kind in shown if kind.audience is audience])
        for audience, label in AUDIENCES.items()
    ]
    return [(label, lines) for label, lines in groups if lines]


def versions_of(*, kind: str, language: str) -> list[tuple[EmailText, str]]:
    """Every version with its author's name, the latest first."""
    rows = list(EmailText.objects.filter(kind=kind, language=language).order_by("-version")[:50])
    names = _names({row.author_id for row in rows if row.author_id})
    return [(row, names.get(row.author_id, "Ricochet")) for row in rows]  # type: ignore[arg-type]


def emails() -> QuerySet[Email]:
    """Every email, the latest first; its words are left in the table."""
    return (
        Email.objects.select_related("profile")
        .defer("text", "html", "context")
        .order_by("-queued_at", "-id")
    )


def emails_to(*, profile: Profile, limit: int = 8) -> list[Email]:
    """The latest emails to one customer."""
    return list(emails().filter(profile=profile)[:limit])


def look_of(email: Email) -> Look:
    """The state of an email, in the words of the provider where there are any."""
    return _OUTCOMES.get(email.outcome) or _STATES[EmailState(email.state)]  # type: ignore[call-overload]


def title_of(email: Email) -> str:
    """What an email is called in a list: its kind in words."""
    kind = kind_of(email.kind)
    return str(kind.label) if kind is not None else email.kind.partition(":")[0]


def bounce_of(*, profile: Profile) -> Bounce | None:
    """Why this customer is not written to any more, for their record."""
    return open_bounce(address=profile.email)


def wishes_on_record(*, profile: Profile) -> dict[str, Any]:
    """What a customer's record says of their wishes: labels of what they refuse, and since when."""
    wishes = choosing.wishes_of(profile=profile)
    return {
        "ended_at": profile.unsubscribed_at,
        "refused": [choosing.TOPICS[t][0] for t in choosing.TOPICS if t in wishes.refused],
        "opens": wishes.opens and not wishes.ended,
        "changed_at": wishes.changed_at,
    }


def _names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {user.pk: user.name for user in User.objects.filter(pk__in=set(ids))}
