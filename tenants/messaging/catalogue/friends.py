"""Emails to people whom a customer invited."""

from django.utils.translation import gettext_lazy as _

from tenants.features import Feature
from tenants.messaging.catalogue.shapes import Audience, Kind, Topic

FRIENDS = (
    Kind(
        "invitation",
        label=_("Invitation d’un proche"),
        when=_("Dès qu’un client invite un proche par e-mail, une seule fois par adresse."),
        audience=Audience.FRIEND,
        module=Feature.REFERRAL,
        values=(
            "referrer",
            "amount",
            "minimum_order",
            "reward",
            "coupon",
            "expires_on",
            "for_account",
            "for_session",
            "code",
            "referral_url",
        ),
        needs=("referral_url",),
        target="referral_url",
        marketing=True,
        topic=Topic.INVITATIONS,
        always=_("Sans lui, le proche ne saurait rien de l’invitation."),
        sample={
            "referrer": "Camille Rouvière",
            "first_name": "Thomas",
            "code": "CAMILLE-7Q3X",
            "invitation": "inv_01jd00000000000000000000aa",
            "amount": 500,
            "unit": "EUR",
            "minimum_order": 3000,
            "minimum_order_unit": "EUR",
        },
    ),
    Kind(
        "coupon",
        label=_("Code cadeau demandé"),
        when=_("Quand un proche demande son code sur la page d’un lien de parrainage."),
        audience=Audience.FRIEND,
        module=Feature.REFERRAL,
        values=("referrer", "reward", "coupon", "expires_on", "code", "referral_url"),
        needs=("coupon",),
        target="referral_url",
        asked=True,
        always=_("Le proche vient de le demander : il part toujours."),
        sample={
            "referrer": "Camille",
            "first_name": "",
            "code": "CAMILLE-7Q3X",
            "invitation": "inv_01jd00000000000000000000aa",
            "reward": "10 € offerts",
            "coupon": "ACD34679XY",
            "expires_at": "2026-12-31T22:59:59+00:00",
        },
    ),
)
