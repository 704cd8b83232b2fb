"""Emails to whoever takes part in an operation. Each mechanic's own result stands here, too."""

from django.utils.translation import gettext_lazy as _

from tenants.features import Feature
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
    Kind(
        "operation_again",
        label=_("Participation déjà enregistrée"),
        when=_(
            "Quand quelqu’un envoie à nouveau le formulaire avec une adresse qui a déjà compté."
        ),
        audience=Audience.PARTICIPANT,
        values=("operation", "office_url"),
        needs=("office_url",),
        target="office_url",
        always=_ALWAYS,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "path": "/o/choix/exemple",
        },
    ),
    Kind(
        "operation_won",
        label=_("Lot gagné"),
        when=_("Dès qu’un instant gagnant ou un tirage désigne cette personne."),
        audience=Audience.PARTICIPANT,
        values=("operation", "prize", "description", "by_draw", "office_url"),
        needs=("prize",),
        target="office_url",
        always=_ALWAYS,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "prize": "Lampe Halo",
            "description": "Elle part par la poste sous huit jours.",
            "by_draw": True,
            "path": "/o/merci/exemple",
        },
    ),
    Kind(
        "operation_coupon",
        label=_("Code d’une opération"),
        when=_("Dès qu’une participation donne un code."),
        audience=Audience.PARTICIPANT,
        values=("operation", "code", "description", "expires_on", "office_url"),
        needs=("code",),
        target="office_url",
        always=_ALWAYS,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "code": "HNKT4-7GWQX",
            "description": "10 % sur toute la boutique.",
            "expires_at": "2026-12-31T22:59:59+00:00",
            "path": "/o/merci/exemple",
        },
    ),
    Kind(
        "operation_quiz",
        label=_("Résultat d’un quiz"),
        when=_("Dès qu’un quiz est terminé."),
        audience=Audience.PARTICIPANT,
        values=("operation", "score", "passed", "description", "office_url"),
        needs=("score",),
        target="office_url",
        always=_ALWAYS,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "score": "4 sur 5",
            "passed": True,
            "description": "Vous connaissez la maison par cœur.",
            "path": "/o/merci/exemple",
        },
    ),
    Kind(
        "operation_referral",
        label=_("Lien de parrainage d’une opération"),
        when=_("Dès qu’une participation donne un lien de parrainage."),
        audience=Audience.PARTICIPANT,
        values=("operation", "code", "referral_url"),
        needs=("referral_url",),
        target="referral_url",
        always=_ALWAYS,
        module=Feature.REFERRAL,
        sample={
            "first_name": "Camille",
            "operation": "Un automne à la maison",
            "code": "CAMILLE-4T7G",
        },
    ),
)
