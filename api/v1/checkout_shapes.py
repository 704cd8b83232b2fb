"""What the doors of checkout take and give."""

from django.utils.translation import gettext_lazy as _

from api.fields import Body, Cents, Flag, Schema, Text, Whole
from api.v1.answers import answer_id, answer_object, answer_text
from api.v1.shapes import CUSTOMER

_AMOUNT = Cents(about=_("Ce que le panier coûte, en centimes, avant la remise de points."))
_CURRENCY = Text(most=3, required=True, example="EUR", about=_("Celle du programme."))

QUOTE = Body(
    {
        "id": Text(
            most=80,
            example="panier-881",
            about=_("Le nom du panier dans la boutique : ce qu’il retient déjà reste utilisable."),
        ),
        "amount": _AMOUNT,
        "currency": _CURRENCY,
        "customer": CUSTOMER,
    }
)
HOLD = Body(
    {
        "id": Text(
            most=80,
            required=True,
            example="panier-881",
            about=_("Le nom du panier dans la boutique : il retient des points une seule fois."),
        ),
        "amount": _AMOUNT,
        "currency": _CURRENCY,
        "customer": CUSTOMER,
        "points": Whole(
            about=_("Combien en utiliser, dans l’unité de la cagnotte (des centimes en euros)."),
            example=1240,
        ),
    }
)
MEMBER = Body(
    {
        "customer": CUSTOMER,
        "consent": Flag(about=_("true : le client a coché la case.")),
    }
)

_WHOLE: Schema = {"type": "integer"}
_LINE_OUT = answer_object(
    {
        "label": answer_text(description=_("Le nom que vous avez choisi pour cette ligne.")),
        "quantity": _WHOLE,
        "unit_amount_decimal": answer_text(description=_("Ce qu’un point économise, en centimes.")),
        "amount": {"type": "integer", "description": _("En centimes, négatif.")},
        "tax": answer_text(enum=["exempt"]),
        "category": answer_text(enum=["loyalty"]),
        "sellable": {"type": "boolean"},
    }
)
LINE_OUT: Schema = {"oneOf": [_LINE_OUT, {"type": "null"}]}
QUOTE_OUT = answer_object(
    {
        "customer": {"oneOf": [answer_object({"id": answer_id("cus")}), {"type": "null"}]},
        "member": {"type": "boolean"},
        "joining_needed": {
            "type": "boolean",
            "description": _("Seuls ceux qui ont rejoint le programme gagnent et utilisent."),
        },
        "unit": answer_text(description=_("Devise, ou PTS pour des points.")),
        "available": _WHOLE,
        "earns": {"type": "integer", "description": _("Ce que le panier fait gagner sans remise.")},
        "usable": answer_object(
            {
                "points": _WHOLE,
                "discount": {"type": "integer", "description": _("En centimes.")},
                "earns": {
                    "type": "integer",
                    "description": _("Ce que la commande fait gagner une fois la remise ôtée."),
                },
                "reason": {
                    "type": ["string", "null"],
                    "enum": ["checkout_off", "not_a_member", "order_too_small", "no_points", None],
                    "description": _("Pourquoi rien n’est utilisable."),
                },
                "line": LINE_OUT,
            }
        ),
        "minimum_order": {"type": "integer", "description": _("En centimes.")},
        "explanation_url": answer_text(format="uri"),
    }
)
HOLD_OUT = answer_object(
    {
        "id": answer_id("hld"),
        "external_id": answer_text(),
        "state": answer_text(enum=["held", "used", "released"]),
        "points": _WHOLE,
        "unit": answer_text(),
        "discount": {"type": "integer", "description": _("En centimes.")},
        "expires_at": answer_text(format="date-time"),
        "line": _LINE_OUT,
    }
)
MEMBER_OUT = answer_object(
    {"customer": answer_object({"id": answer_id("cus")}), "member": {"type": "boolean"}}
)
