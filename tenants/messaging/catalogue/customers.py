"""Emails to customers: about their cagnotte, their prizes and their access."""

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import SECURITY, Kind

CUSTOMERS = (
    Kind(
        "cagnotte_opened",
        label=_("Cagnotte ouverte"),
        when=_("Après la première invitation d’un client."),
        values=("code", "referral_url", "space_url"),
        optional=True,
        sample={"first_name": "Camille", "code": "CAMILLE-7Q3X"},
    ),
    Kind(
        "reward_promised_referrer",
        label=_("Récompense promise au parrain"),
        when=_("Quand la commande d’un filleul est prise en compte."),
        values=("referee", "amount", "due_on", "space_url"),
        sample={
            "first_name": "Camille",
            "referee": "Thomas",
            "referrer": "Camille",
            "amount": 800,
            "unit": "EUR",
            "due_at": "2026-12-02T09:00:00+00:00",
        },
    ),
    Kind(
        "reward_promised_referee",
        label=_("Récompense promise au filleul"),
        when=_("Quand sa première commande est prise en compte."),
        values=("referrer", "amount", "due_on", "space_url"),
        sample={
            "first_name": "Thomas",
            "referee": "Thomas",
            "referrer": "Camille",
            "amount": 500,
            "unit": "EUR",
            "due_at": None,
        },
    ),
    Kind(
        "reward_posted",
        label=_("Récompense disponible"),
        when=_("Quand le montant peut servir : le délai passé, ou aussitôt sans délai."),
        values=("amount", "referee", "referrer", "for_referrer", "at_once", "space_url"),
        sample={
            "first_name": "Camille",
            "referee": "Thomas",
            "side": "referrer",
            "amount": 800,
            "unit": "EUR",
        },
    ),
    Kind(
        "reward_reversed",
        label=_("Récompense reprise"),
        when=_("Quand une commande est remboursée ou un parrainage retiré."),
        values=("amount", "referee", "for_referrer", "by_hand", "space_url"),
        sample={
            "first_name": "Camille",
            "referee": "Thomas",
            "side": "referrer",
            "amount": 800,
            "unit": "EUR",
        },
    ),
    Kind(
        "prize_claimed",
        label=_("Lot demandé"),
        when=_("Dès qu’un client choisit un lot."),
        values=("prize", "code", "space_url"),
        needs=("code",),
        sample={"first_name": "Camille", "prize": "Bougie Aube 190 g", "code": "ACD34679XY"},
    ),
    Kind(
        "claim_cancelled",
        label=_("Demande de lot annulée"),
        when=_("Quand vous annulez la demande d’un lot : son coût est rendu."),
        values=("prize", "amount", "space_url"),
        sample={
            "first_name": "Camille",
            "prize": "Bougie Aube 190 g",
            "amount": 2000,
            "unit": "EUR",
        },
    ),
    Kind(
        "space_link",
        label=_("Lien et code d’accès"),
        when=_("Quand un client demande à ouvrir sa cagnotte."),
        values=("code", "space_url"),
        needs=("code", "space_url"),
        always=SECURITY,
        asked=True,
        sample={"first_name": "Camille", "link": "0193f0a0-0000-7000-8000-000000000001"},
    ),
)
