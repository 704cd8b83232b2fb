"""Points at checkout: what a basket earns and may use, points held for it, and who joins."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.door import Door, respond
from api.fields import FieldError
from api.openapi import documented
from api.services.idempotency import Answer
from api.v1 import checkout_shapes as shapes
from api.v1 import present_checkout as present
from api.v1 import reading
from tenants.activity.models import Source
from tenants.loyalty.membership import JoinedBy
from tenants.programme import conductor

_LOGGED_IN = _(
    "Pour un client connecté à la boutique, et pour lui seul : la réponse montre sa cagnotte, et la"
    " retenue la dépense. N’envoyez jamais une adresse que quelqu’un vient de saisir sans s’être"
    " connecté : qui la connaît dépenserait la cagnotte de son propriétaire."
)
_REFERENCE = OpenApiParameter(
    name="reference",
    location=OpenApiParameter.PATH,
    type=str,
    description=_("L’identifiant « hld_… » reçu, ou celui du panier dans la boutique."),
)


class Quotes(Door):
    """`/api/v1/checkout/quotes`."""

    scopes: ClassVar[dict[str, str]] = {"POST": "checkout:write"}

    @documented(
        name="quote_basket",
        summary=_("Ce qu’un panier fait gagner, et ce que la cagnotte peut y payer"),
        answers={200: shapes.QUOTE_OUT},
        body=shapes.QUOTE,
        about=_LOGGED_IN,
    )
    def post(self, request: Request) -> HttpResponse:
        return self.post_once(request, shapes.QUOTE, _quote)


class Holds(Door):
    """`/api/v1/checkout/holds`."""

    writes_real = True
    scopes: ClassVar[dict[str, str]] = {"POST": "checkout:write"}

    @documented(
        name="hold_points",
        summary=_("Retenir des points pour un panier, ou changer leur nombre"),
        answers={201: shapes.HOLD_OUT, 200: shapes.HOLD_OUT},
        body=shapes.HOLD,
        missing=True,
        about=_LOGGED_IN,
    )
    def post(self, request: Request) -> HttpResponse:
        return self.post_once(request, shapes.HOLD, _hold)


class OneHold(Door):
    """`/api/v1/checkout/holds/<reference>`."""

    writes_real = True
    http_method_names = ["delete"]
    scopes: ClassVar[dict[str, str]] = {"DELETE": "checkout:write"}

    @documented(
        name="release_points",
        summary=_("Rendre les points d’un panier abandonné"),
        answers={200: shapes.HOLD_OUT},
        parameters=[_REFERENCE],
        missing=True,
        conflict=True,
    )
    def delete(self, request: Request, reference: str) -> HttpResponse:
        self.only_parameters(request)
        row = conductor.points_released(reference=reference, now=timezone.now())
        return respond(present.hold(row))


class Members(Door):
    """`/api/v1/loyalty/members`."""

    writes_real = True
    scopes: ClassVar[dict[str, str]] = {"POST": "customers:write"}

    @documented(
        name="join_loyalty",
        summary=_("Faire entrer un client dans le programme de fidélité"),
        answers={201: shapes.MEMBER_OUT, 200: shapes.MEMBER_OUT},
        body=shapes.MEMBER,
    )
    def post(self, request: Request) -> HttpResponse:
        return self.post_once(request, shapes.MEMBER, _join)


def _quote(fields: dict[str, Any], now: datetime) -> Answer:
    with reading.naming_customer_fields():
        quote = conductor.quote(
            identity=reading.identity(fields["customer"]), basket=_basket(fields), now=now
        )
    return Answer(200, present.quote(quote))


def _hold(fields: dict[str, Any], now: datetime) -> Answer:
    with reading.naming_customer_fields():
        row, created = conductor.points_held(
            identity=reading.identity(fields["customer"]),
            basket=_basket(fields),
            points=fields["points"],
            now=now,
        )
    return Answer(201 if created else 200, present.hold(row))


def _join(fields: dict[str, Any], now: datetime) -> Answer:
    if not fields["consent"]:
        raise FieldError(
            gettext("Envoyez true : le client rejoint le programme en cochant la case."),
            param="consent",
        )
    with reading.naming_customer_fields():
        profile, joined = conductor.loyalty_joined(
            identity=reading.identity(fields["customer"]),
            source=JoinedBy.CHECKOUT,
            origin=Source.API,
            now=now,
        )
    return Answer(201 if joined else 200, present.member(profile))


def _basket(fields: dict[str, Any]) -> conductor.Basket:
    return conductor.Basket(id=fields["id"], amount=fields["amount"], currency=fields["currency"])
