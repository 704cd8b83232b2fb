"""Emails to whoever takes part in an operation. Each mechanic's own result stands here, too."""

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import Audience, Kind

_ALWAYS = _("La personne l’attend : il part toujours.")

OPERATIONS = (
    Kind(
        "operation_confirm",
        label=_("Participation à confirmer"),
        when=_("Quand la double confirmation est demandée, dès l’envoi du formulaire."),
        audience=Audience.PARTICIPANT,
        values=("operation", "expires_on", "office_url"),
        needs=("office_url",),
        target="office_url",
        always=_ALWAYS,
        asked=True,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "path": "/o/confirmer/exemple",
            "expires_at": "2026-11-30T22:59:59+00:00",
        },
    ),
    Kind(
        "operation_receipt",
        label=_("Participation enregistrée"),
        when=_("Dès qu’une participation compte ; il rappelle à qui la personne a dit oui."),
        audience=Audience.PARTICIPANT,
        values=("operation", "brands", "office_url"),
        needs=("office_url",),
        target="office_url",
        always=_ALWAYS,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "brands": "Maison Lumen et Brûlerie Noé",
            "path": "/o/choix/exemple",
        },
    ),
)
