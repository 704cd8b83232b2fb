"""Sessions: booked, validated, cancelled, and read back with what they earned (FS-06, FS-11)."""

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
from tenants.activity.models import SessionType, Source
from tenants.activity.types import SessionInput
from tenants.programme import conductor
from tenants.referrals.visitors import parse_visitor

_REFERENCE = OpenApiParameter(
    name="reference",
    location=OpenApiParameter.PATH,
    type=str,
    description=_("L’identifiant « ses_… », ou celui de la réservation dans votre agenda."),
)
LIMIT = OpenApiParameter(
    name="limit",
    type={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    description=_("Combien de lignes au plus."),
)
_STARTING_AFTER = OpenApiParameter(
    name="starting_after",
    type={"type": "string", "pattern": "^ses_[0-9a-hjkmnp-tv-z]{26}$"},
    description=_("L’« id » de la dernière séance de la page précédente."),
)


class SessionTypes(Door):
    """`/api/v1/session-types`."""

    scopes: ClassVar[dict[str, str]] = {"GET": "facts:read"}

    @documented(
        name="list_session_types",
        summary=_("Lire les types de séance et leurs clés"),
        answers={200: shapes.SESSION_TYPES_OUT},
    )
    def get(self, request: Request) -> HttpResponse:
        self.only_parameters(request)
        rows = SessionType.objects.values("key", "name", "active")
        return respond({"data": list(rows)})


class Sessions(Door):
    """`/api/v1/sessions`."""

    brings_facts = True

    scopes: ClassVar[dict[str, str]] = {"GET": "facts:read", "POST": "facts:write"}

    @documented(
        name="list_sessions",
        summary=_("Lire les séances, la dernière reçue d’abord"),
        answers={200: shapes.SESSIONS_OUT},
        parameters=[LIMIT, _STARTING_AFTER],
    )
    def get(self, request: Request) -> HttpResponse:
        self.only_parameters(request, "limit", "starting_after")
        rows, more = fact_selectors.page_of_sessions(request.query_params)
        return respond({"data": present_facts.sessions(rows), "has_more": more})

    @documented(
        name="book_session",
        summary=_("Envoyer une réservation"),
        answers={201: shapes.SESSION_OUT, 200: shapes.SESSION_OUT},
        body=shapes.SESSION,
    )
    def post(self, request: Request) -> HttpResponse:
        of_test = is_test(request)

        def book(fields: dict[str, Any], now: datetime) -> Answer:
            visitor = parse_visitor(fields["visitor"])
            session = SessionInput(
                external_id=fields["id"],
                type_key=fields["type"],
                booked_at=fields["booked_at"] or now,
                takes_place_at=fields["takes_place_at"],
                customer=reading.identity(fields["customer"]),
                source=Source.API,
                referral_code=fields["referral_code"] or visitor.code,
                click_id=visitor.click_id,
                is_test=of_test or fields["test"],
            )
            with reading.naming_customer_fields():
                outcome = conductor.session_booked(session=session, now=now)
            body = present_facts.session(outcome.session)
            return Answer(201 if outcome.created else 200, body)

        return self.post_once(request, shapes.SESSION, book)


class OneSession(Door):
    """`/api/v1/sessions/<reference>`."""

    scopes: ClassVar[dict[str, str]] = {"GET": "facts:read"}

    @documented(
        name="read_session",
        summary=_("Lire une séance"),
        answers={200: shapes.SESSION_OUT},
        parameters=[_REFERENCE],
        missing=True,
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        self.only_parameters(request)
        row = fact_selectors.session_by_reference(reference, of_test=is_test(request))
        return respond(present_facts.session(row))


class Validation(Door):
    """`/api/v1/sessions/<reference>/validate`."""

    brings_facts = True

    scopes: ClassVar[dict[str, str]] = {"POST": "facts:write"}

    @documented(
        name="validate_session",
        summary=_("Marquer une séance validée : elle rapporte alors ses points"),
        answers={200: shapes.SESSION_OUT},
        body=shapes.VALIDATION,
        parameters=[_REFERENCE],
        missing=True,
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        def validate(fields: dict[str, Any], now: datetime) -> Answer:
            row = fact_selectors.session_by_reference(
                reference, of_test=is_test(request), write=True
            )
            keep_to_tests(request, real=not row.is_test)
            outcome = conductor.session_validated(
                session_id=row.external_id,
                of_test=row.is_test,
                at=fields["validated_at"] or now,
                now=now,
            )
            return Answer(200, present_facts.session(outcome.session))

        return self.post_once(request, shapes.VALIDATION, validate)


class Cancellation(Door):
    """`/api/v1/sessions/<reference>/cancel`."""

    scopes: ClassVar[dict[str, str]] = {"POST": "facts:write"}

    @documented(
        name="cancel_session",
        summary=_("Annuler une séance : ce qu’elle a rapporté est repris"),
        answers={200: shapes.SESSION_OUT},
        body=shapes.CANCELLATION,
        parameters=[_REFERENCE],
        missing=True,
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        def cancel(fields: dict[str, Any], now: datetime) -> Answer:
            row = fact_selectors.session_by_reference(
                reference, of_test=is_test(request), write=True
            )
            keep_to_tests(request, real=not row.is_test)
            outcome = conductor.session_cancelled(
                session_id=row.external_id,
                of_test=row.is_test,
                at=fields["cancelled_at"] or now,
                now=now,
            )
            return Answer(200, present_facts.session(outcome.session))

        return self.post_once(request, shapes.CANCELLATION, cancel)
