"""The emails of an operation: the confirmation, the receipt, the result.

A rehearsal writes to nobody; what would have left is told by its trace.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation

from operations import links
from operations.links import Purpose
from operations.mechanics.shape import ResultEmail
from operations.models import Participation
from operations.words import pick
from shell.templatetags.shell_values import join_words
from tenants.messaging.services import queue
from tenants.profiles.models import Consent


def ask_confirmation(*, participation: Participation, now: datetime) -> None:
    """The link that makes the participation count; pressed once, and by a button (D10)."""
    _queue(
        participation,
        "operation_confirm",
        {
            "path": _path("operations:confirm", participation, Purpose.CONFIRM),
            "expires_at": _iso(participation.operation.ends_at),
        },
        now,
    )


def receipt(*, participation: Participation, given: Sequence[Consent], now: datetime) -> None:
    """What was taken, which brands may write, and the page where each yes is taken back."""
    with translation.override(participation.language):
        brands = join_words([row.controller_name for row in given])
    _queue(
        participation,
        "operation_receipt",
        {"path": _path("operations:choices", participation, Purpose.CHOICES), "brands": brands},
        now,
    )


def result(*, participation: Participation, email: ResultEmail, now: datetime) -> None:
    """What the mechanic has to tell."""
    context = {
        "path": _path("operations:thanks", participation, Purpose.THANKS),
        **email.context,
    }
    _queue(participation, email.kind, context, now)


def _queue(participation: Participation, kind: str, context: dict[str, Any], now: datetime) -> None:
    profile = participation.profile
    if participation.is_test or profile is None:
        return
    queue(
        kind=kind,
        to=profile.email,
        key=f"{kind}:{participation.id}",
        context={
            "first_name": participation.fields.get("first_name") or profile.first_name,
            "operation": pick(participation.operation.title, participation.language)
            or participation.operation.name,
            **context,
        },
        now=now,
        profile=profile,
        language=participation.language,
    )


def _path(name: str, participation: Participation, purpose: Purpose) -> str:
    return reverse(name, args=[links.token_for(purpose=purpose, row_id=participation.id)])


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
