"""What operations do when an event of theirs is due."""

import uuid
from datetime import datetime

from django.utils import timezone

from kernel.outbox.types import EventData, Handler
from operations import running
from operations.mechanics.draw.telling import HANDLERS as DRAWS
from operations.received.giving_back import HANDLERS as GIVING_BACK
from operations.received.leaving import HANDLERS as LEAVING
from operations.received.telling import HANDLERS as TELLING


def _end(event: EventData) -> None:
    running.end_due(
        operation_id=uuid.UUID(event.payload["operation"]),
        ends_at=datetime.fromisoformat(event.payload["ends_at"]),
        now=timezone.now(),
    )


HANDLERS: dict[str, Handler] = {
    running.END_EVENT: _end,
    **TELLING,
    **LEAVING,
    **GIVING_BACK,
    **DRAWS,
}
