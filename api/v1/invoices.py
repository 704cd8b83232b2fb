"""Invoices and the payments on them, read back with what they earned (FS-05)."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.door import Door, is_test, keep_to_tests, respond
from api.openapi import documented
from api.services.idempotency import Answer
from api.v1 import fact_selectors, present_facts, reading
from api.v1 import fact_shapes as shapes
from api.v1.sessions import LIMIT
from tenants.activity.models import PaymentKind, Source
from tenants.activity.types import InvoiceInput, PaymentInput
from tenants.programme import conductor

_REFERENCE = OpenApiParameter(
    name="reference",
    location=OpenApiParameter.PATH,
    type=str,
    description=_("L’identifiant « ivc_… », ou le numéro de la facture."),
)
_STARTING_AFTER = OpenApiParameter(
    name="starting_after",
    type={"type": "string", "pattern": "^ivc_[0-9a-hjkmnp-tv-z]{26}$"},
    description=_("L’« id » de la dernière facture de la page précédente."),
)


class Invoices(Door):
    """`/api/v1/invoices`."""

    brings_facts = True

    scopes: ClassVar[dict[str, str]] = {"GET": "facts:read", "POST": "facts:write"}

    @documented(
        name="list_invoices",
        summary=_("Lire les factures, la dernière reçue d’abord"),
        answers={200: shapes.INVOICES_OUT},
        parameters=[LIMIT, _STARTING_AFTER],
    )
    def get(self, request: Request) -> HttpResponse:
        self.only_parameters(request, "limit", "starting_after")
        rows, more = fact_selectors.page_of_invoices(request.query_params)
        return respond({"data": present_facts.invoices(rows), "has_more": more})

    @documented(
        name="send_invoice",
        summary=_("Envoyer une facture : elle compte une fois entièrement réglée"),
        answers={201: shapes.INVOICE_OUT, 200: shapes.INVOICE_OUT},
        body=shapes.INVOICE,
    )
    def post(self, request: Request) -> HttpResponse:
        of_test = is_test(request)

        def receive(fields: dict[str, Any], now: datetime) -> Answer:
            invoice = InvoiceInput(
                external_id=fields["id"],
                total=fields["total"],
                currency=fields["currency"],
                label=fields["label"],
                issued_at=fields["issued_at"] or now,
                customer=reading.identity(fields["customer"]),
                source=Source.API,
                is_test=of_test or fields["test"],
            )
            with reading.naming_customer_fields():
                outcome = conductor.invoice_received(invoice=invoice, now=now)
            body = present_facts.invoice(outcome.invoice)
            return Answer(201 if outcome.created else 200, body)

        return self.post_once(request, shapes.INVOICE, receive)


class OneInvoice(Door):
    """`/api/v1/invoices/<reference>`."""

    scopes: ClassVar[dict[str, str]] = {"GET": "facts:read"}

    @documented(
        name="read_invoice",
        summary=_("Lire une facture"),
        answers={200: shapes.INVOICE_OUT},
        parameters=[_REFERENCE],
        missing=True,
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        self.only_parameters(request)
        row = fact_selectors.invoice_by_reference(reference, of_test=is_test(request))
        return respond(present_facts.invoice(row))


class Payments(Door):
    """`/api/v1/invoices/<reference>/payments`."""

    brings_facts = True

    scopes: ClassVar[dict[str, str]] = {"POST": "facts:write"}

    @documented(
        name="send_payment",
        summary=_("Envoyer un acompte, un solde, un règlement ou un remboursement"),
        answers={201: shapes.PAYMENT_OUT, 200: shapes.PAYMENT_OUT},
        body=shapes.PAYMENT,
        parameters=[_REFERENCE],
        missing=True,
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        def receive(fields: dict[str, Any], now: datetime) -> Answer:
            row = fact_selectors.invoice_by_reference(
                reference, of_test=is_test(request), write=True
            )
            keep_to_tests(request, real=not row.is_test)
            payment = PaymentInput(
                external_id=fields["id"],
                kind=PaymentKind(fields["kind"]),
                amount=fields["amount"],
                paid_at=fields["paid_at"] or now,
            )
            outcome = conductor.payment_received(
                invoice_id=row.external_id, of_test=row.is_test, payment=payment, now=now
            )
            body = {
                "id": outcome.payment.external_id,
                "kind": str(outcome.payment.kind),
                "amount": outcome.payment.amount,
                "invoice": present_facts.invoice(outcome.invoice),
            }
            return Answer(201 if outcome.created else 200, body)

        return self.post_once(request, shapes.PAYMENT, receive)


class InvoiceCancellation(Door):
    """`/api/v1/invoices/<reference>/cancel`."""

    scopes: ClassVar[dict[str, str]] = {"POST": "facts:write"}

    @documented(
        name="cancel_invoice",
        summary=_("Annuler une facture : ce qu’elle a rapporté est repris"),
        answers={200: shapes.INVOICE_OUT},
        body=shapes.NOTHING,
        parameters=[_REFERENCE],
        missing=True,
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        def cancel(_fields: dict[str, Any], now: datetime) -> Answer:
            row = fact_selectors.invoice_by_reference(
                reference, of_test=is_test(request), write=True
            )
            keep_to_tests(request, real=not row.is_test)
            invoice = conductor.invoice_cancelled(
                invoice_id=row.external_id, of_test=row.is_test, now=now
            )
            return Answer(200, present_facts.invoice(invoice))

        return self.post_once(request, shapes.NOTHING, cancel)
