"""Asking for an email. It leaves through the outbox, once."""

from datetime import datetime
from typing import Any

from kernel.outbox.services import emit
from tenants.messaging.models import Email
from tenants.profiles.models import Profile

EVENT_KIND = "messaging.send"


def queue(
    *,
    kind: str,
    to: str,
    key: str,
    context: dict[str, Any],
    now: datetime,
    profile: Profile | None = None,
    language: str = "fr",
) -> None:
    """Queue one email in the caller's transaction; the same `key` queues nothing again.

    `kind` names a template under `messaging/emails/`; `context` holds plain JSON values.
    Somebody without an address is not written to, and that is no error.
    """
    if not to:
        return
    row = Email(
        kind=kind,
        key=key,
        profile=profile,
        to=to,
        language=language,
        context=context,
        queued_at=now,
    )
    Email.objects.bulk_create([row], ignore_conflicts=True)
    if Email.objects.filter(id=row.id).exists():
        emit(kind=EVENT_KIND, payload={"email_id": str(row.id)}, now=now, key=f"email:{row.id}")
