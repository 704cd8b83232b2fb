"""What version 1 takes and gives, declared once for the parser and for the OpenAPI schema."""

from django.utils.translation import gettext_lazy as _

from api.fields import Body, Cents, Flag, Moment, Schema, Text
from api.v1.answers import answer_id as _id
from api.v1.answers import answer_object as _object
from api.v1.answers import answer_text as _text

CUSTOMER = Body(
    {
        "email": Text(most=254, example="camille@exemple.fr", about=_("Décide de qui il s’agit.")),
        "id": Text(most=80, example="4711", about=_("L’identifiant du client dans la boutique.")),
        "first_name": Text(most=80, example="Camille"),
        "last_name": Text(most=80, example="Roux"),
        "phone": Text(most=20, example="+33612345678"),
    },
    any_of=("email", "id"),
    about=_("Au moins une adresse e-mail ou un identifiant."),
)
_LINK = Text(
    most=2000,
    about=_("L’adresse d’arrivée du visiteur, avec ref, rc et rs, si le cookie est refusé."),
)
ORDER = Body(
    {
        "id": Text(
            most=80,
            required=True,
            example="A-1042",
            about=_("Le numéro de la commande dans la boutique : compte une seule fois."),
        ),
        "amount": Cents(
            about=_("Montant payé en centimes, toutes taxes comprises, remise de points déduite.")
        ),
        "currency": Text(most=3, required=True, example="EUR", about=_("Celle du programme.")),
        "ordered_at": Moment(about=_("Maintenant, si le champ manque.")),
        "customer": CUSTOMER,
        "referral_code": Text(most=64, example="CAMILLE-7KXD", about=_("Le code saisi.")),
        "visitor": Text(most=200, about=_("Le cookie ricochet_ref du visiteur, tel quel.")),
        "referral_link": _LINK,
        "device": Text(
            most=200,
            about=_("Ce qui reconnaît l’appareil de l’acheteur. Seule une empreinte est gardée."),
        ),
        "shipping_address": Text(
            most=300,
            example="12 rue des Lilas, 75011 Paris",
            about=_("L’adresse de livraison, en une ligne. Seule une empreinte est gardée."),
        ),
        "points_hold": Text(
            most=80, about=_("Les points que le panier retient : « hld_… », ou le nom du panier.")
        ),
        "join_loyalty": Flag(about=_("Le client a coché la case du programme de fidélité.")),
        "test": Flag(about=_("Marque la commande comme un essai. Une clé de test le fait seule.")),
    }
)
REFUND = Body(
    {
        "id": Text(
            most=80,
            required=True,
            example="R-1",
            about=_("Le numéro du remboursement : compte une fois pour cette commande."),
        ),
        "amount": Cents(about=_("Montant rendu, en centimes."), example=2000),
        "refunded_at": Moment(about=_("Maintenant, si le champ manque.")),
    }
)
ACCOUNT = Body(
    {
        "customer": CUSTOMER,
        "referral_code": Text(most=64, example="CAMILLE-7KXD", about=_("Le code saisi.")),
        "visitor": Text(most=200, about=_("Le cookie ricochet_ref du visiteur, tel quel.")),
        "referral_link": _LINK,
        "created_at": Moment(about=_("Maintenant, si le champ manque.")),
    }
)

EMAIL_EVENT = Body(
    {
        "type": Text(
            most=10,
            required=True,
            example="bounced",
            about=_("delivered (arrivé), bounced (revenu) ou complained (signalé indésirable)."),
        ),
        "message_id": Text(
            most=200,
            example="<0193f0a0-0000-7000-8000-000000000001@ricochet.example>",
            about=_("Le Message-ID de l’e-mail, tel que le service d’envoi le donne."),
        ),
        "address": Text(most=254, about=_("L’adresse du destinataire, à défaut du Message-ID.")),
        "status": Text(most=12, example="5.1.1", about=_("Le code du serveur.")),
        "occurred_at": Moment(about=_("Maintenant, si le champ manque.")),
    },
    any_of=("message_id", "address"),
)


_WHOLE: Schema = {"type": "integer"}
_TIME = _text(format="date-time")
_MAYBE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
_UNIT = _text(description=_("Devise, ou PTS pour des points."))

REWARD_OUT = _object(
    {
        "side": _text(enum=["referrer", "referee"]),
        "amount": _WHOLE,
        "reversed": _WHOLE,
        "unit": _UNIT,
        "due_at": _MAYBE_TIME,
        "state": _text(enum=["pending", "posted", "cancelled"]),
    }
)
REFERRAL_OUT = _object(
    {
        "id": _id("ref"),
        "state": _text(enum=["pending", "validated", "refused", "reversed", "held", "closed"]),
        "referrer": {"type": ["string", "null"]},
        "refusal": {"type": ["string", "null"]},
        "explanation": _text(description=_("Pourquoi, en une phrase.")),
    }
)
POINTS_OUT = _object(
    {
        "hold": {"type": ["string", "null"]},
        "used": _WHOLE,
        "discount": _WHOLE,
        "returned": _WHOLE,
        "refusal": {
            "type": ["string", "null"],
            "description": _("Pourquoi les points retenus n’ont pas servi ; la commande compte."),
        },
    }
)
ORDER_OUT = _object(
    {
        "id": _id("ord"),
        "external_id": _text(),
        "state": _text(enum=["reported", "confirmed", "refunded"]),
        "amount": _WHOLE,
        "currency": _text(),
        "refunded": _WHOLE,
        "ordered_at": _TIME,
        "test": {"type": "boolean"},
        "customer": _object({"id": _id("cus")}),
        "referral": {"oneOf": [REFERRAL_OUT, {"type": "null"}]},
        "rewards": {"type": "array", "items": REWARD_OUT},
        "points": {"oneOf": [POINTS_OUT, {"type": "null"}]},
    }
)
ORDERS_OUT = _object(
    {"data": {"type": "array", "items": ORDER_OUT}, "has_more": {"type": "boolean"}}
)
REFUND_OUT = _object({"id": _text(), "amount": _WHOLE, "order": ORDER_OUT})
ACCOUNT_OUT = _object({"customer": _object({"id": _id("cus")}), "created_at": _TIME})
EMAIL_EVENT_OUT = _object(
    {"email": _object({"id": _id("eml")}), "type": _text(), "occurred_at": _TIME}
)
CUSTOMER_OUT = _object(
    {
        "id": _id("cus"),
        "external_id": {"type": ["string", "null"]},
        "referral_code": {"type": ["string", "null"]},
        "balance": _object(
            {
                "unit": _UNIT,
                "available": _WHOLE,
                "pending": _WHOLE,
                "held": _WHOLE,
                "debt": _WHOLE,
            }
        ),
        "loyalty": {
            "oneOf": [
                _object({"member": {"type": "boolean"}, "joined_at": _MAYBE_TIME}),
                {"type": "null"},
            ],
            "description": _("null : le programme de fidélité est coupé."),
        },
        "orders": _object({"count": _WHOLE, "total": _WHOLE, "currency": _text()}),
        "referrals": {
            "oneOf": [_object({"pending": _WHOLE, "validated": _WHOLE}), {"type": "null"}]
        },
    }
)
