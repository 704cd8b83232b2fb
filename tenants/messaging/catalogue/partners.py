"""Emails between brands that run operations together: to the other brand's own people."""

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import SECURITY, Audience, Kind, Words

_AGREED = _("Il engage votre marque : il part toujours.")


def _told(
    name: str, label: Words, when: Words, *values: str, fresh: bool = False, **sample: object
) -> Kind:
    return Kind(
        name,
        label=label,
        when=when,
        audience=Audience.TEAM,
        values=("brand", *values, "office_url"),
        target="office_url",
        sample={"brand": "Brûlerie Noé", "path": "/partenariats"} | sample,
        editable=False,
        always=_AGREED,
        fresh=fresh,
    )


def _of_operation(
    name: str, label: Words, when: Words, *values: str, fresh: bool = False, **sample: object
) -> Kind:
    """What becomes of an operation that another brand runs; a merchant may do without."""
    return Kind(
        name,
        label=label,
        when=when,
        audience=Audience.TEAM,
        values=("brand", "operation", *values, "office_url"),
        target="office_url",
        sample={
            "brand": "Maison Lumen",
            "operation": "Un automne à la maison",
            "path": "/operations/recues",
            **sample,
        },
        editable=False,
        optional=True,
        fresh=fresh,
    )


PARTNERS: tuple[Kind, ...] = (
    Kind(
        "partner_invited",
        label=_("Invitation d’un partenaire"),
        when=_("Quand une autre marque vous ajoute comme partenaire avec vos coordonnées."),
        audience=Audience.CONTACT,
        values=("brand", "by", "operations", "has_office", "minutes", "office_url"),
        needs=("office_url",),
        target="office_url",
        sample={
            "first_name": "Nora",
            "brand": "Maison Lumen",
            "by": "Claire Aubanel",
            "path": "/partenariats",
            "has_office": False,
            "minutes": 2,
        },
        editable=False,
        always=SECURITY,
        asked=True,
    ),
    _told(
        "partner_proposed",
        _("Partenariat proposé"),
        _("Quand une autre marque vous propose un partenariat avec votre code."),
    ),
    _told(
        "partner_reminded",
        _("Accord de partenariat attendu"),
        _("Quand une autre marque vous rappelle que votre réponse manque."),
        "operations",
        "minutes",
        minutes=2,
    ),
    _told(
        "partner_accepted",
        _("Accord de partenariat accepté"),
        _("Quand l’autre marque accepte l’accord."),
        "all_set",
        "new_operation",
        fresh=True,
        all_set=True,
        new_operation=False,
    ),
    _told(
        "partner_agreement_changed",
        _("Accord de partenariat à relire"),
        _("Quand l’accord que vous avez accepté ne nomme plus les mêmes marques."),
        "has_accepted",
        "was_active",
        has_accepted=True,
        was_active=False,
    ),
    _told(
        "partner_replaced",
        _("Partenaire à confirmer"),
        _("Quand un autre back-office que celui que vous aviez choisi rejoint vos opérations."),
        "former_brand",
        brand="Atelier Marin",
        former_brand="Brûlerie Noé",
    ),
    _told(
        "partner_ended",
        _("Partenariat refusé ou terminé"),
        _("Quand l’autre marque refuse, retire sa proposition ou met fin au partenariat."),
        "was_declined",
        "was_withdrawn",
    ),
    _of_operation(
        "partner_operation_begun",
        _("Opération d’un partenaire en ligne"),
        _("Une minute après le début d’une opération à laquelle une autre marque vous associe."),
        "waits_for_you",
        "waits_for_brand",
        "minutes",
        "expires_on",
        fresh=True,
        minutes=2,
        waits_for_you=False,
        waits_for_brand=False,
        expires_at="2026-11-30T22:59:59+00:00",
    ),
    _of_operation(
        "partner_operation_over",
        _("Opération d’un partenaire terminée"),
        _("À la fin d’une opération à laquelle une autre marque vous associe."),
        "due_on",
        due_at="2026-12-01T08:00:00+00:00",
    ),
    _of_operation(
        "partner_operation_results",
        _("Bilan d’une opération d’un partenaire"),
        _("Le lendemain matin de la fin, avec les chiffres de votre marque."),
        "participants",
        "optins",
        "new_profiles",
        "has_optins",
        participants=1842,
        optins=611,
        new_profiles=402,
        has_optins=True,
    ),
    Kind(
        "partner_left",
        label=_("Accords retirés"),
        when=_("Le lendemain matin, quand des personnes reçues d’un partenaire se sont retirées."),
        audience=Audience.TEAM,
        values=("left", "office_url"),
        target="office_url",
        sample={"left": 2, "path": "/operations/recues/personnes?vue=retirees"},
        editable=False,
        always=_("Il dit à qui ne plus écrire : il part toujours."),
    ),
)
