"""States of the whole product: one word, one colour, one shape for each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class State:
    """How a state is shown: tone (a colour pair), glyph (a shape) and its word."""

    tone: str
    glyph: str
    label: str | Promise


STATES: dict[str, State] = {
    "active": State("ok", "live", _("Actif")),
    "live": State("ok", "live", _("En ligne")),
    "validated": State("ok", "tick", _("Validé")),
    "counted": State("ok", "tick", _("Comptée")),
    "done": State("ok", "tick", _("Terminé")),
    "handed_over": State("ok", "tick", _("Remis")),
    "paid": State("ok", "tick", _("Payée")),
    "available": State("ok", "dot", _("Disponible")),
    "pending": State("warn", "ring", _("En attente")),
    "to_hand_over": State("warn", "ring", _("À remettre")),
    "to_pay": State("warn", "ring", _("À payer")),
    "paused": State("warn", "dash", _("En pause")),
    "to_fix": State("warn", "triangle", _("À corriger")),
    "to_check": State("plum", "half", _("À vérifier")),
    "in_review": State("plum", "half", _("En vérification")),
    "new": State("info", "dot", _("Nouveau")),
    "clicked": State("info", "half", _("A cliqué")),
    "running": State("info", "half", _("En cours")),
    "planned": State("lac", "ring", _("Planifié")),
    "refused": State("bad", "cross", _("Refusé")),
    "failed": State("bad", "triangle", _("Échec")),
    "absent": State("bad", "triangle", _("Absent")),
    "test": State("warn", "half", _("En essai")),
    "ended": State("mute", "tick", _("Terminée")),
    "archived": State("mute", "dash", _("Archivée")),
    "draft": State("mute", "ring", _("Brouillon")),
    "invited": State("mute", "ring", _("Invité")),
    "not_yet": State("mute", "ring", _("Aucun achat")),
    "used": State("mute", "dash", _("Utilisé")),
    "expired": State("mute", "dash", _("Expiré")),
    "refunded": State("mute", "dash", _("Remboursé")),
    "inactive": State("mute", "dash", _("Inactif")),
    "closed": State("mute", "dash", _("Clos")),
    "cancelled": State("mute", "cross", _("Annulé")),
    "replaced": State("mute", "cross", _("Remplacé")),
    "erased": State("mute", "dash", _("Effacé")),
    "withdrawn": State("mute", "cross", _("Retiré")),
    "unsubscribed": State("mute", "cross", _("Désinscrit")),
}
