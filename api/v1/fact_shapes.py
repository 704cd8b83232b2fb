"""What version 1 takes and gives about sessions, invoices and payments."""

from django.utils.translation import gettext_lazy as _

from api.fields import Body, Cents, Choice, Flag, Moment, Schema, Text
from api.v1.answers import answer_id as _id
from api.v1.answers import answer_object as _object
from api.v1.answers import answer_text as _text
from api.v1.shapes import CUSTOMER, REFERRAL_OUT
from tenants.activity.models import PaymentKind

_NOW = _("Maintenant, si le champ manque.")
_TEST = _("Marque le fait comme un essai. Une clé de test le fait seule.")

SESSION = Body(
    {
        "id": Text(
            most=80,
            required=True,
            example="RDV-118",
            about=_("L’identifiant de la réservation : compte une seule fois."),
        ),
        "type": Text(
            most=40, required=True, example="portrait", about=_("La clé du type de séance.")
        ),
        "customer": CUSTOMER,
        "booked_at": Moment(about=_NOW),
        "takes_place_at": Moment(
            about=_("Le jour de la séance ; peut changer tant qu’elle est réservée.")
        ),
        "referral_code": Text(most=64, example="CAMILLE-7KXD", about=_("Le code saisi.")),
        "visitor": Text(most=200, about=_("Le cookie ricochet_ref du visiteur, tel quel.")),
        "test": Flag(about=_TEST),
    }
)
VALIDATION = Body({"validated_at": Moment(about=_NOW)})
CANCELLATION = Body({"cancelled_at": Moment(about=_NOW)})
INVOICE = Body(
    {
        "id": Text(
            most=80,
            required=True,
            example="F-2026-041",
            about=_("Le numéro de la facture : compte une seule fois."),
        ),
        "total": Cents(about=_("Total en centimes, toutes taxes comprises."), example=20_000),
        "currency": Text(most=3, required=True, example="EUR", about=_("Celle du programme.")),
        "label": Text(most=120, example="Portrait en studio"),
        "issued_at": Moment(about=_NOW),
        "customer": CUSTOMER,
        "test": Flag(about=_TEST),
    }
)
PAYMENT = Body(
    {
        "id": Text(
            most=80,
            required=True,
            example="P-1",
            about=_("L’identifiant du paiement : compte une fois pour cette facture."),
        ),
        "kind": Choice(
            options=tuple(PaymentKind.values),
            about=_("Acompte, solde, règlement en une fois, ou remboursement."),
        ),
        "amount": Cents(about=_("Montant en centimes, positif aussi pour un remboursement.")),
        "paid_at": Moment(about=_NOW),
    }
)
NOTHING = Body({})

_WHOLE: Schema = {"type": "integer"}
_TIME = _text(format="date-time")
_MAYBE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}

EARNED_OUT = _object(
    {"amount": _WHOLE, "unit": _text(description=_("Devise, ou PTS pour des points."))}
)
_EARNED: Schema = {
    "oneOf": [EARNED_OUT, {"type": "null"}],
    "description": _("Ce que le fait a rapporté et qui n’a pas été repris."),
}
SESSION_TYPE_OUT = _object({"key": _text(), "name": _text(), "active": {"type": "boolean"}})
SESSION_TYPES_OUT = _object({"data": {"type": "array", "items": SESSION_TYPE_OUT}})
SESSION_OUT = _object(
    {
        "id": _id("ses"),
        "external_id": _text(),
        "type": _text(),
        "state": _text(enum=["booked", "validated", "cancelled"]),
        "booked_at": _TIME,
        "takes_place_at": _MAYBE_TIME,
        "validated_at": _MAYBE_TIME,
        "cancelled_at": _MAYBE_TIME,
        "test": {"type": "boolean"},
        "customer": _object({"id": _id("cus")}),
        "earned": _EARNED,
        "referral": {"oneOf": [REFERRAL_OUT, {"type": "null"}]},
    }
)
SESSIONS_OUT = _object(
    {"data": {"type": "array", "items": SESSION_OUT}, "has_more": {"type": "boolean"}}
)
INVOICE_OUT = _object(
    {
        "id": _id("ivc"),
        "external_id": _text(),
        "label": _text(),
        "state": _text(enum=["open", "paid", "cancelled"]),
        "total": _WHOLE,
        "paid": _WHOLE,
        "currency": _text(),
        "issued_at": _TIME,
        "paid_at": _MAYBE_TIME,
        "test": {"type": "boolean"},
        "customer": _object({"id": _id("cus")}),
        "earned": _EARNED,
    }
)
INVOICES_OUT = _object(
    {"data": {"type": "array", "items": INVOICE_OUT}, "has_more": {"type": "boolean"}}
)
PAYMENT_OUT = _object(
    {
        "id": _text(),
        "kind": _text(enum=list(PaymentKind.values)),
        "amount": _WHOLE,
        "invoice": INVOICE_OUT,
    }
)
