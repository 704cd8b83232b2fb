"""Undo: what can be undone is done at once, and a toast offers the way back for a while.

The view that did something calls `offer`; the view that undoes it calls `take`, which gives the
payload back once the token has proved to be ours, this person's, this tenant's and in time.
Undoing must be harmless twice: the service called with the payload is idempotent.
"""

import json
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest

from kernel.errors import RicochetError

SECONDS = 10
# A person on a slow line who presses at the last second is still in time.
_GRACE = 20


class UndoExpiredError(RicochetError):
    """The toast's time is over, or its token is not of this person, tenant and purpose."""

    code = "undo_expired"
    status = 410
    words = "Il est trop tard pour annuler : l’action est définitive."


def _salt(request: HttpRequest, purpose: str) -> str:
    tenant = getattr(request, "tenant", None)
    user = getattr(request, "user", None)
    return f"undo:{purpose}:{getattr(tenant, 'pk', '')}:{getattr(user, 'pk', '')}"


def token(request: HttpRequest, *, purpose: str, payload: dict[str, Any]) -> str:
    """A token bound to purpose, tenant and person; `payload` holds ids, never personal data."""
    return signing.dumps(payload, salt=_salt(request, purpose), compress=True)


def offer(
    request: HttpRequest,
    text: str,
    *,
    url: str,
    purpose: str,
    payload: dict[str, Any],
    seconds: int = SECONDS,
) -> None:
    """Say what was done, in the past tense, with "Annuler" that posts to `url`."""
    extra = {
        "undo": {
            "url": url,
            "token": token(request, purpose=purpose, payload=payload),
            "seconds": max(seconds, SECONDS),
        }
    }
    messages.success(request, text, extra_tags=json.dumps(extra))


def take(request: HttpRequest, *, purpose: str, seconds: int = SECONDS) -> dict[str, Any]:
    """The payload of the token that was posted; raises UndoExpiredError for any other."""
    try:
        payload: dict[str, Any] = signing.loads(
            request.POST.get("undo", ""),
            salt=_salt(request, purpose),
            max_age=max(seconds, SECONDS) + _GRACE,
        )
    except signing.BadSignature:
        raise UndoExpiredError from None
    return payload
