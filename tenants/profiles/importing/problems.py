"""Why a line is rejected, in words for whoever mends the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shell import formats

_MOST_SHOWN = 60  # letters of a cell
WORDS: dict[str, str | Promise] = {
    "email": gettext_lazy("Écrivez une adresse complète, par exemple camille@exemple.fr."),
    "address_in_name": gettext_lazy(
        "Un nom ne peut pas contenir d’adresse web ou e-mail. Écrivez le nom seul."
    ),
    "too_long": gettext_lazy("Raccourcissez ce texte à %(most)s caractères."),
    "phone": gettext_lazy("Écrivez un numéro, par exemple 06 12 34 56 78."),
    "gender": gettext_lazy("Écrivez Madame ou Monsieur, ou laissez vide."),
    "language": gettext_lazy("Écrivez fr ou en, ou laissez vide."),
    "flag": gettext_lazy("Écrivez 1 ou 0, oui ou non."),
    "number": gettext_lazy("Écrivez un nombre entier, par exemple 12."),
    "amount": gettext_lazy("Écrivez un montant, par exemple 84,00."),
    "date": gettext_lazy("Écrivez une date, par exemple 18/11/2025."),
    "future": gettext_lazy("Cette date est dans le futur. Écrivez jour, mois, année."),
    "formula": gettext_lazy(
        "Cette cellule contient une formule. Collez-y sa valeur, sans le signe =."
    ),
    "unreadable": gettext_lazy(
        "Des lettres sont illisibles. Enregistrez le fichier en « CSV UTF-8 »."
    ),
    "no_identity": gettext_lazy("Il faut un e-mail, un téléphone ou un numéro de client."),
    "more_cells": gettext_lazy(
        "Cette ligne a plus de cellules que de titres. Vérifiez ses séparateurs et ses guillemets."
    ),
    "dates_disagree": gettext_lazy(
        "La première commande est après la dernière. Vérifiez les deux dates."
    ),
    "twice": gettext_lazy(
        "La même personne que la ligne %(line)s. Gardez une seule des deux lignes."
    ),
    "two_customers": gettext_lazy(
        "L’e-mail est celui d’un client, le numéro celui d’un autre. Réunissez leurs fiches."
    ),
    "erased": gettext_lazy(
        "Cette personne a été effacée : à sa demande, ou après 3 ans sans nouvelles d’elle."
    ),
    "taken": gettext_lazy("Cette fiche a changé pendant l’import. Importez cette ligne à nouveau."),
}


def sentence(code: str, facts: dict[str, Any]) -> str:
    """One problem in words."""
    words = str(WORDS.get(code, WORDS["taken"]))
    shown = {k: formats.number(v) if isinstance(v, int) else v for k, v in facts.items()}
    return words % shown if facts else words


def explain(problems: Sequence[Any], headers: Sequence[str], cells: Sequence[str] = ()) -> str:
    """All that is wrong with a line, each with its column's title and what `cells` have there."""
    parts = []
    for column, code, facts in problems:
        words = sentence(code, facts)
        title = headers[column] if column is not None and column < len(headers) else ""
        if title and column < len(cells) and cells[column].strip():
            value = Truncator(" ".join(cells[column].split())).chars(_MOST_SHOWN)
            title = _("%(column)s « %(value)s »") % {"column": title, "value": value}
        parts.append(formats.labelled(title, words) if title else words)
    return " ".join(parts) or _("Ligne refusée.")


def named(cells: Sequence[str], mapping: Mapping[str, str]) -> str:
    """Whom a line is about, by its own cells: the name, else what else it has of them."""
    said = {
        key: " ".join(cells[int(number)].split())[:_MOST_SHOWN]
        for number, key in mapping.items()
        if int(number) < len(cells)
    }
    names = [said.get("first_name", ""), said.get("last_name", "")]
    whole = " ".join(name for name in names if name) or said.get("full_name", "")
    return whole or said.get("email") or said.get("external_id") or said.get("phone") or ""
