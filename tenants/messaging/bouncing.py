"""Addresses that refuse our emails for good: noted, shown, and lifted by a person."""

import re
import smtplib
import uuid
from datetime import datetime

from kernel.db import atomic_with_retry, insert_if_absent
from tenants.messaging.addresses import address_hash, recipient_hash
from tenants.messaging.models import Bounce, BounceSource, Email, Outcome
from tenants.messaging.unsubscribing import unsubscribe

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: what these say is about the mailbox. The others are about us, the way or the message,
# and blocking everybody because one server dislikes ours would be a fault of ours.
_OF_THE_MAILBOX = {("5", "1"), ("5", "2")}
_MAILBOX_FULL = ("5", "2", "2")
_PLAIN_CODES = {550, 551, 553}


def refusal_of(error: smtplib.SMTPRecipientsRefused) -> tuple[bool, bool, str]:
    """What a mail server's refusal of the one recipient means: final, the mailbox's own, code."""
    code, said = next(iter(error.recipients.values()))
    words = said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
    found = _ENHANCED.search(words)
    status = found[0] if found else str(code)
    if not 500 <= code < 600:
        return False, False, status
    if found:
        full = found.groups() == _MAILBOX_FULL
        return True, found.groups()[:2] in _OF_THE_MAILBOX and not full, status
    return True, code in _PLAIN_CODES, status


def open_bounce(*, address: str) -> Bounce | None:
    """Why this address is not written to any more, where that is so."""
    if not address:
        return None
    return Bounce.objects.filter(address_hash=address_hash(address), lifted_at=None).first()


def note_bounce(*, hashed: str, source: BounceSource, status: str, now: datetime) -> None:
    """Stop writing to an address; once more changes nothing."""
    row = Bounce(address_hash=hashed, source=source, status=status[:12], bounced_at=now)
    insert_if_absent([row])


@atomic_with_retry
def lift(*, address: str, author_id: uuid.UUID | None, now: datetime) -> bool:
    """Write to an address again; says whether anything changed."""
    rows = Bounce.objects.filter(address_hash=address_hash(address), lifted_at=None)
    return bool(rows.update(lifted_at=now, lifted_by=author_id))


@atomic_with_retry
def restore(*, bounce_id: uuid.UUID, now: datetime) -> None:
    """Undo a lifting, unless the address has bounced again since."""
    row = Bounce.objects.filter(id=bounce_id, lifted_at__isnull=False).first()
    if row is not None:
        note_bounce(
            hashed=row.address_hash, source=BounceSource(row.source), status=row.status, now=now
        )


@atomic_with_retry
def event_received(
    *, email: Email, outcome: Outcome, status: str, at: datetime, now: datetime
) -> None:
    """A provider tells what became of an email. Later news wins; the same news changes nothing.

    `bounced` stops all further emails to the address, `complained` ends marketing.
    """
    row = Email.objects.select_for_update(of=("self",)).select_related("profile").get(id=email.id)
    if outcome == Outcome.BOUNCED:
        note_bounce(
            hashed=recipient_hash(row), source=BounceSource.PROVIDER, status=status, now=now
        )
    elif outcome == Outcome.COMPLAINED:
        unsubscribe(email=row, now=now)
    if row.outcome_at is None or row.outcome_at < at:
        Email.objects.filter(id=row.id).update(outcome=outcome, outcome_at=at)
