"""Emails to the merchant's own team."""

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import Audience, Kind

TEAM: tuple[Kind, ...] = (
    Kind(
        "codes_low",
        label=_("Codes bientôt épuisés"),
        when=_("Une fois, quand une liste de codes passe sous votre seuil d’alerte."),
        audience=Audience.TEAM,
        values=("list", "count", "office_url"),
        target="office_url",
        sample={"list": "Bons Café Aurore", "count": 12, "path": "/recompenses/codes"},
        optional=True,
        editable=False,
    ),
    Kind(
        "connection_silent",
        label=_("Connexion silencieuse"),
        when=_("Une fois, quand une connexion se tait depuis bien plus longtemps que d’habitude."),
        audience=Audience.TEAM,
        values=("connection", "last_on", "office_url"),
        target="office_url",
        sample={
            "connection": "boutique-lumen.fr",
            "last_at": "2026-12-02T09:00:00+00:00",
            "path": "/reglages/trackers",
        },
        optional=True,
        editable=False,
    ),
    Kind(
        "recalculation_done",
        label=_("Recalcul terminé"),
        when=_("À la fin d’un recalcul des points, à la personne qui l’a lancé."),
        audience=Audience.TEAM,
        values=("count", "for_reset", "amount", "taken", "office_url"),
        target="office_url",
        sample={
            "count": 1243,
            "for_reset": False,
            "amount": 18400,
            "taken": 320,
            "unit": "PTS",
            "path": "/fidelite/recalcul",
        },
        optional=True,
        editable=False,
    ),
)
