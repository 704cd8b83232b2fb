"""The address that Stripe tells its events to: nothing is believed that is not signed (R15)."""

import json
import logging
import time
from typing import Any

import stripe
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.stripe.events import take

logger = logging.getLogger(__name__)

TOLERANCE_SECONDS = 300
_MOST_SIGNATURES = 5


class _UnbelievableError(Exception):
    """Why an event is refused, as a word for the answer and the log."""


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> JsonResponse:
    """Verify, keep, answer: the work is done by the outbox. Twice the same is answered the same."""
    try:
        event = believed(request.body, request.headers.get("Stripe-Signature", ""))
    except _UnbelievableError as reason:
        logger.warning("a webhook was refused: %s", reason)
        return JsonResponse({"error": str(reason)}, status=400)
    take(event=event, now=timezone.now())
    return JsonResponse({"received": True})


def believed(body: bytes, header: str) -> dict[str, Any]:
    """The event in a raw body, if our own Stripe account signed it lately and meant us."""
    _check_header(header)
    try:
        stripe.WebhookSignature.verify_header(
            body, header, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS
        )
        event = json.loads(body)
    except stripe.SignatureVerificationError as error:
        raise _UnbelievableError("signature") from error
    except ValueError as error:
        raise _UnbelievableError("body") from error
    if not _is_event(event):
        raise _UnbelievableError("body")
    if event.get("account"):
        raise _UnbelievableError("account")
    if event["livemode"] is not settings.STRIPE_LIVE:
        raise _UnbelievableError("mode")
    return dict(event)


def _check_header(header: str) -> None:
    """One time, at most a few signatures: Stripe signs with two secrets while one is replaced."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not times[0].isdecimal() or not 1 <= len(signatures) <= _MOST_SIGNATURES:
        raise _UnbelievableError("signature")
    if int(times[0]) > time.time() + TOLERANCE_SECONDS:
        raise _UnbelievableError("signature")


def _is_event(event: object) -> bool:
    return (
        isinstance(event, dict)
        and event.get("object") == "event"
        and isinstance(event.get("id"), str)
        and 0 < len(event["id"]) <= 255
        and isinstance(event.get("type"), str)
        and isinstance(event.get("created"), int)
        and isinstance(event.get("livemode"), bool)
        and isinstance(event.get("data"), dict)
        and isinstance(event["data"].get("object"), dict)
    )
