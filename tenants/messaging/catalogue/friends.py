"""Emails to people whom a customer invited."""

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import Audience, Kind

FRIENDS = (
    Kind(
        "invitation",
        label=_("Invitation d’un proche"),
        when=_("Dès qu’un client invite un proche par e-mail, une seule fois par adresse."),
        audience=Audience.FRIEND,
        values=("referrer", "amount", "minimum_order", "code", "referral_url"),
        needs=("referral_url",),
        target="referral_url",
        marketing=True,
        always=_("Sans lui, le proche ne saurait rien de l’invitation."),
        sample={
            "referrer": "Camille Rouvière",
            "first_name": "Thomas",
            "code": "CAMILLE-7Q3X",
            "invitation": "inv_01jd00000000000000000000aa",
            "amount": 500,
            "unit": "EUR",
            "minimum_order": 3000,
        },
    ),
)
