"""What emails tell of a customer (D6)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from tenants.messaging.models import Choice, Email, Enrolment
from tenants.messaging.unsubscribing import forget_recipients
from tenants.profiles.personal import End, Personal

_LETTER = "Answer what was written to somebody; a year."


def _forget(ids: Collection[uuid.UUID], _now: datetime, _end: End) -> None:
    _blank(Q(profile_id__in=ids))


def forget_address(*, address: str) -> None:
    """Blank the letters that went to an address before its owner had a record."""
    _blank(Q(to__iexact=address))


def forget_name(*, name: str, readers: Collection[uuid.UUID]) -> None:
    """Blank the letters to these readers that name somebody: a friend's, who brought or came."""
    if name:
        words = Q(subject__icontains=name) | Q(text__icontains=name) | Q(context__icontains=name)
        _blank(words & Q(profile_id__in=readers))


def _blank(wanted: Q) -> None:
    forget_recipients(keys=list(Email.objects.filter(wanted).values_list("key", flat=True)))


PERSONAL = (
    Personal(
        Email,
        "profile_id",
        "messages",
        purposes=dict.fromkeys(("to", "context", "subject", "text", "html"), _LETTER),
        technical=frozenset({"kind", "key", "language", "skipped_because"}),
        erase=_forget,
        withheld=frozenset({"key", "context"}),
        # What is written to somebody is none of theirs; a click on it is noted on the record.
        contact="",
    ),
    Personal(
        Enrolment,
        "profile_id",
        "relances",
        technical=frozenset({"occasion", "stopped_because"}),
        forget=True,
        contact="",
    ),
    # That somebody refused is kept as a hash, so that they are never written to again.
    Personal(
        Choice,
        "profile_id",
        "choix d’e-mails",
        purposes={"refused": "Keep to what a reader chose; as long as we may write to them."},
        technical=frozenset({"address_hash"}),
        blank={"opens": False},
        withheld=frozenset({"address_hash"}),
        contact="",
    ),
)
