"""What a key may do. A key has a list of these, and no more."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPES: dict[str, str | Promise] = {
    "orders:write": _("Envoyer des commandes et des remboursements"),
    "orders:read": _("Lire les commandes et ce qu’elles ont donné"),
    "facts:write": _("Envoyer séances, factures et paiements"),
    "facts:read": _("Lire séances et factures, et ce qu’elles ont rapporté"),
    "customers:write": _("Signaler les comptes créés sur la boutique"),
    "checkout:write": _("Lire et retenir ce que la cagnotte paie à la commande"),
    "emails:write": _("Signaler ce que les e-mails sont devenus"),
    "customers:read": _("Lire le solde et le code des clients"),
}
