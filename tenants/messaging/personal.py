"""What emails tell of a customer (D6)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from tenants.messaging.models import Email
from tenants.messaging.unsubscribing import forget_recipients
from tenants.profiles.personal import Personal

_LETTER = "Answer what was written to somebody; a year."


def _forget(ids: Collection[uuid.UUID], _now: datetime) -> None:
    rows = Email.objects.filter(profile_id__in=ids)
    forget_recipients(keys=list(rows.values_list("key", flat=True)))


PERSONAL = (
    Personal(
        Email,
        "profile_id",
        "messages",
        purposes=dict.fromkeys(("to", "context", "subject", "text", "html"), _LETTER),
        technical=frozenset({"kind", "key", "language", "skipped_because"}),
        erase=_forget,
        withheld=frozenset({"key", "context"}),
    ),
)
