"""Customers: what they have gathered, and that they opened an account."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.door import Door, respond
from api.openapi import documented
from api.services.idempotency import Answer
from api.v1 import present, reading, selectors, shapes
from tenants.activity.models import Source
from tenants.activity.services import FutureOrderError
from tenants.programme import conductor

# A shop's clock may be a little ahead of ours.
_CLOCK_SKEW = timedelta(minutes=10)


class OneCustomer(Door):
    """`/api/v1/customers/<reference>`."""

    scopes: ClassVar[dict[str, str]] = {"GET": "customers:read"}

    @documented(
        name="read_customer",
        summary=gettext_lazy("Lire le solde et le code d’un client"),
        answers={200: shapes.CUSTOMER_OUT},
        parameters=[
            OpenApiParameter(
                name="reference",
                location=OpenApiParameter.PATH,
                type=str,
                description=gettext_lazy("L’identifiant « cus_… » reçu avec une commande."),
            )
        ],
        missing=True,
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        self.only_parameters(request)
        return respond(selectors.customer(reference, now=timezone.now()))


class Accounts(Door):
    """`/api/v1/accounts`."""

    writes_real = True
    scopes: ClassVar[dict[str, str]] = {"POST": "customers:write"}

    @documented(
        name="send_account",
        summary=gettext_lazy("Signaler un compte créé sur la boutique"),
        answers={201: shapes.ACCOUNT_OUT},
        body=shapes.ACCOUNT,
    )
    def post(self, request: Request) -> HttpResponse:
        return self.post_once(request, shapes.ACCOUNT, _receive)


def _receive(fields: dict[str, Any], now: datetime) -> Answer:
    at = fields["created_at"] or now
    if at > now + _CLOCK_SKEW:
        raise FutureOrderError(_("La date du compte est dans le futur."), param="created_at")
    with reading.naming_customer_fields():
        profile = conductor.account_created(
            identity=reading.identity(fields["customer"]),
            source=Source.API,
            at=at,
            clues=reading.clues(fields),
            now=now,
        )
    created_at = profile.account_created_at or at
    return Answer(
        201, {"customer": {"id": profile.public_id}, "created_at": present.time(created_at)}
    )
