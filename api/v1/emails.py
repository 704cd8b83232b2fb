"""What a mail provider tells later: an email arrived, came back, or was reported as unwanted."""

import re
import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from api.door import Door
from api.fields import FieldError
from api.openapi import documented
from api.services.idempotency import Answer
from api.v1 import present, shapes
from kernel.errors import NotFoundError
from tenants.messaging import bouncing
from tenants.messaging.models import Email, Outcome

_STATUS = re.compile(r"[0-9][0-9.]{0,11}\Z")
_TYPES = {str(outcome): outcome for outcome in Outcome if outcome}


class UnknownEmailError(NotFoundError):
    """No email of this merchant's has this Message-ID or went to this address."""

    code = "unknown_email"


class EmailEvents(Door):
    """`/api/v1/email-events`."""

    writes_real = True
    scopes: ClassVar[dict[str, str]] = {"POST": "emails:write"}

    @documented(
        name="send_email_event",
        summary=gettext_lazy("Signaler ce qu’un e-mail est devenu"),
        answers={201: shapes.EMAIL_EVENT_OUT},
        body=shapes.EMAIL_EVENT,
        missing=True,
    )
    def post(self, request: Request) -> HttpResponse:
        return self.post_once(request, shapes.EMAIL_EVENT, _receive)


def _receive(fields: dict[str, Any], now: datetime) -> Answer:
    outcome = _TYPES.get(fields["type"])
    if outcome is None:
        raise FieldError(_("Indiquez delivered, bounced ou complained."), param="type")
    if fields["status"] and not _STATUS.match(fields["status"]):
        raise FieldError(_("Indiquez le code seul, par exemple 5.1.1."), param="status")
    email = _email(fields)
    at = min(fields["occurred_at"] or now, now)
    bouncing.event_received(email=email, outcome=outcome, status=fields["status"], at=at, now=now)
    body = {"email": {"id": email.public_id}, "type": str(outcome), "occurred_at": present.time(at)}
    return Answer(201, body)


def _email(fields: dict[str, Any]) -> Email:
    """The email that a Message-ID of ours names, else the latest to this address."""
    found = None
    if fields["message_id"]:
        number = fields["message_id"].strip("<>").partition("@")[0]
        try:
            found = Email.objects.filter(id=uuid.UUID(number)).first()
        except ValueError:
            found = None
    elif fields["address"]:
        sent = Email.objects.filter(to__iexact=fields["address"], is_test=False)
        found = sent.order_by("-queued_at", "-id").first()
    else:
        raise FieldError(_("Indiquez « message_id » ou « address »."), param="message_id")
    if found is None:
        raise UnknownEmailError(_("Aucun e-mail de ce nom n’est parti d’ici."), param="message_id")
    return found
