"""Orders and their refunds: sent by a shop's server, and read back with what they brought."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.door import Door, is_test, keep_to_tests, respond
from api.models import ApiKey
from api.openapi import documented
from api.services.idempotency import Answer
from api.v1 import present, reading, selectors, shapes
from kernel.errors import ConflictError, InvalidInputError, NotFoundError, RicochetError
from tenants.activity import services as activity
from tenants.activity.models import Source
from tenants.programme import conductor

_REFERENCE = OpenApiParameter(
    name="reference",
    location=OpenApiParameter.PATH,
    type=str,
    description=_("L’identifiant « ord_… », ou le numéro de la commande dans la boutique."),
)
_LIMIT = OpenApiParameter(
    name="limit",
    type={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    description=_("Combien de commandes au plus."),
)
_STARTING_AFTER = OpenApiParameter(
    name="starting_after",
    type={"type": "string", "pattern": "^ord_[0-9a-hjkmnp-tv-z]{26}$"},
    description=_("L’« id » de la dernière commande de la page précédente."),
)


class FactDoor(Door):
    """A door whose refusals the merchant sees among the orders that arrived (SP-23)."""

    brings_facts = True

    def note_refusal(self, error: RicochetError, *, external_id: str) -> None:
        """Write down why an order was not taken, outside the transaction that failed."""
        ours = isinstance(error, InvalidInputError | ConflictError | NotFoundError)
        if self.sent is None or not ours or error.code.startswith("idempotency_"):
            return
        key = self.request.auth
        activity.record_refusal(
            source=Source.API,
            external_id="".join(char for char in external_id[:80] if char.isprintable()),
            code=error.code,
            param=error.param or "",
            now=timezone.now(),
            connection=key.connection if isinstance(key, ApiKey) else "",
        )


class Orders(FactDoor):
    """`/api/v1/orders`."""

    scopes: ClassVar[dict[str, str]] = {"GET": "orders:read", "POST": "orders:write"}

    @documented(
        name="list_orders",
        summary=_("Lire les commandes, la dernière reçue d’abord"),
        answers={200: shapes.ORDERS_OUT},
        parameters=[_LIMIT, _STARTING_AFTER],
    )
    def get(self, request: Request) -> HttpResponse:
        self.only_parameters(request, "limit", "starting_after")
        rows, more = selectors.page_of_orders(request.query_params)
        return respond({"data": [present.order(row) for row in rows], "has_more": more})

    @documented(
        name="send_order",
        summary=_("Envoyer une commande"),
        answers={201: shapes.ORDER_OUT, 200: shapes.ORDER_OUT},
        body=shapes.ORDER,
    )
    def post(self, request: Request) -> HttpResponse:
        of_test = is_test(request)

        def receive(fields: dict[str, Any], now: datetime) -> Answer:
            order = reading.order_input(fields, is_test=of_test, now=now)
            with reading.naming_customer_fields():
                outcome = conductor.order_received(order=order, now=now)
            return Answer(201 if outcome.created else 200, present.outcome(outcome))

        try:
            return self.post_once(request, shapes.ORDER, receive)
        except RicochetError as error:
            sent = (self.sent or {}).get("id")
            self.note_refusal(error, external_id=sent if isinstance(sent, str) else "")
            raise


class OneOrder(Door):
    """`/api/v1/orders/<reference>`."""

    scopes: ClassVar[dict[str, str]] = {"GET": "orders:read"}

    @documented(
        name="read_order",
        summary=_("Lire une commande"),
        answers={200: shapes.ORDER_OUT},
        parameters=[_REFERENCE],
        missing=True,
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        self.only_parameters(request)
        return respond(
            present.order(selectors.order_by_reference(reference, of_test=is_test(request)))
        )


class Refunds(FactDoor):
    """`/api/v1/orders/<reference>/refunds`."""

    scopes: ClassVar[dict[str, str]] = {"POST": "orders:write"}

    @documented(
        name="send_refund",
        summary=_("Envoyer un remboursement, en entier ou en partie"),
        answers={201: shapes.REFUND_OUT},
        body=shapes.REFUND,
        parameters=[_REFERENCE],
        missing=True,
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        def receive(fields: dict[str, Any], now: datetime) -> Answer:
            refund = reading.refund_input(fields, now=now)
            named = selectors.order_by_reference(reference, of_test=is_test(request), write=True)
            keep_to_tests(request, real=not named.is_test)
            order = conductor.refund_received(
                order_id=named.external_id, of_test=named.is_test, refund=refund, now=now
            )
            body = {"id": refund.external_id, "amount": refund.amount}
            return Answer(201, body | {"order": present.fresh_order(order)})

        try:
            return self.post_once(request, shapes.REFUND, receive)
        except RicochetError as error:
            self.note_refusal(error, external_id=reference)
            raise
