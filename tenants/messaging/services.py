"""Asking for an email. It leaves through the outbox, once."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.db import insert, insert_if_absent
from kernel.outbox.services import Draft as Event
from kernel.outbox.services import emit_all
from tenants.messaging.models import Email
from tenants.profiles.models import Profile

EVENT_KIND = "messaging.send"


@dataclass(frozen=True, slots=True)
class Draft:
    """An email to be written. `kind` is a name of `kinds.KINDS`, or one with a prefix.

    The same `key` is one email, however often it is asked for. `context` holds plain JSON values.
    """

    kind: str
    to: str
    key: str
    context: dict[str, Any] = field(default_factory=dict)
    profile: Profile | None = None
    language: str = "fr"
    is_test: bool = False


def queue(
    *,
    kind: str,
    to: str,
    key: str,
    context: dict[str, Any],
    now: datetime,
    profile: Profile | None = None,
    language: str = "fr",
    of_new: bool = False,
) -> None:
    """Queue one email in the caller's transaction: see `Draft` and `queue_all`."""
    draft = Draft(kind=kind, to=to, key=key, context=context, profile=profile, language=language)
    queue_all(drafts=[draft], now=now, of_new=of_new)


def queue_all(*, drafts: Sequence[Draft], now: datetime, of_new: bool = False) -> None:
    """Queue any number of emails, in two statements.

    Somebody without an address is not written to, and that is no error. `of_new`: they are about
    what this transaction made, and keyed by it, so that none can have been asked for before.
    """
    rows = [
        Email(
            kind=draft.kind,
            key=draft.key,
            profile=draft.profile,
            to=draft.to,
            language=draft.language,
            context=draft.context,
            is_test=draft.is_test,
            queued_at=now,
        )
        for draft in drafts
        if draft.to
    ]
    if of_new:
        insert(rows)
    new = {row.id for row in rows} if of_new else insert_if_absent(rows)
    ask_for(email_ids=[row.id for row in rows if row.id in new], now=now)


def ask_for(*, email_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Have emails that are queued sent, through the outbox."""
    events = [Event(kind=EVENT_KIND, payload={"email_id": str(number)}) for number in email_ids]
    emit_all(drafts=events, now=now)
