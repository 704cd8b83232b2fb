"""What a column of a file can be: its name on screen, and the titles that we recognise."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shell.text import folded
from tenants.profiles.importing import cells
from tenants.profiles.importing.cells import GENDERS, LANGUAGES, Clean


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can be.

    `titles` are headers that mean it, parted by bars, as `title_of` writes them. `signs` may begin
    its cells, though formulas begin with them as well.
    """

    key: str
    label: str | Promise
    titles: str
    clean: Clean
    signs: str = ""


FIELDS: tuple[Field, ...] = (
    Field(
        "email",
        _("E-mail"),
        "e mail | email | mail | adresse e mail | adresse email | adresse mail | courriel | "
        "email address | customer email",
        cells.email,
    ),
    Field(
        "first_name",
        _("Prénom"),
        "prenom | first name | firstname | given name",
        cells.name,
    ),
    Field(
        "last_name",
        pgettext_lazy("family name", "Nom"),
        "nom | nom de famille | last name | lastname | surname | family name",
        cells.name,
    ),
    Field(
        "full_name",
        _("Prénom et nom"),
        "nom complet | prenom et nom | full name | name | customer name | nom du client",
        cells.name,
    ),
    Field(
        "phone",
        _("Téléphone"),
        "telephone | tel | portable | mobile | phone | phone number | numero de telephone",
        cells.phone,
        signs="+",
    ),
    Field(
        "gender",
        _("Civilité"),
        "civilite | genre | sexe | gender | title",
        cells.choice(GENDERS, "gender"),
    ),
    Field(
        "shop",
        _("Boutique ou société"),
        "boutique ou societe | boutique | magasin | societe | entreprise | shop | store | company",
        cells.text(120),
    ),
    Field(
        "language",
        _("Langue"),
        "langue | language | locale",
        cells.choice(LANGUAGES, "language"),
    ),
    Field(
        "external_id",
        _("Numéro de client"),
        "numero de client | numero client | n client | n de client | id client | identifiant "
        "| reference client | customer id | customer number | external id | id",
        cells.text(80),
    ),
    Field(
        "notes",
        _("Notes"),
        "notes | note | commentaire | commentaires | remarques | comment",
        cells.text(2000),
        signs="+-",
    ),
    Field(
        "account_created_at",
        _("Compte créé le"),
        "compte cree le | date de creation | date d inscription | inscrit le | created at | "
        "account created at | date created",
        cells.moment,
    ),
    Field(
        "first_order_at",
        _("Première commande"),
        "premiere commande | date premiere commande | date de premiere commande | first order "
        "| first order at | first order date",
        cells.moment,
    ),
    Field(
        "last_order_at",
        _("Dernière commande"),
        "derniere commande | date derniere commande | date de derniere commande | last order "
        "| last order at | last order date",
        cells.moment,
    ),
    Field(
        "order_count",
        _("Commandes"),
        "commandes | nombre de commandes | nb commandes | orders | order count | orders count "
        "| total orders",
        cells.count,
    ),
    Field(
        "order_total",
        _("Total commandé"),
        "total commande | montant total | chiffre d affaires | ca | total spent | order total "
        "| total | amount spent",
        cells.amount,
    ),
    Field(
        "unsubscribed",
        _("Désinscrit des messages"),
        "desinscrit des messages | desinscrit | desabonne | unsubscribed | opt out | optout",
        cells.flag,
    ),
    Field(
        "loyalty_member",
        _("Membre du programme de fidélité"),
        "membre du programme de fidelite | membre fidelite | programme de fidelite | fidelite "
        "| loyalty membership | loyalty member | member",
        cells.flag,
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
# One of these says who a line is about.
IDENTITIES = ("email", "phone", "external_id")
# One of these says who bought before.
PURCHASES = ("first_order_at", "last_order_at", "order_count")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_TITLES = {title: field.key for field in FIELDS for title in field.titles.split(" | ")}


def title_of(header: str) -> str:
    """A header as it is compared: `N° de client` and `n de client` are the same."""
    return _NO_WORD.sub(" ", folded(header)).strip()


def guess(
    headers: list[str], *, known: Mapping[str, str], offered: Iterable[str]
) -> dict[str, str]:
    """The field that each column is likely to be, by its number as text; one field, one column.

    `known` is what was chosen before for these titles, and comes first.
    """
    found: dict[str, str] = {}
    free = set(offered)
    for titles in (known, _TITLES, {key.replace("_", " "): key for key in BY_KEY}):
        for number, header in enumerate(headers):
            key = titles.get(title_of(header), "")
            if key in free and str(number) not in found:
                found[str(number)] = key
                free.discard(key)
    if {"first_name", "last_name"} & set(found.values()):
        # A whole name beside its parts says the same twice.
        found = {number: key for number, key in found.items() if key != "full_name"}
    return found
