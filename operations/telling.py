"""Having partners told that an operation has changed: one event, in the caller's transaction.

`operations.sharing` answers it; what a partner knows already is not told again.
"""

import uuid
from datetime import datetime

from kernel.outbox.services import emit
from operations.models import Announcement, ModulePartner

CHANGED_EVENT = "operations.changed"


def changed(*, operation_id: uuid.UUID, now: datetime) -> None:
    """Whoever changes an operation says so here; an operation without partners tells nobody."""
    named = ModulePartner.objects.filter(module__operation_id=operation_id)
    told = Announcement.objects.filter(operation_id=operation_id)
    if named.exists() or told.exists():
        emit(kind=CHANGED_EVENT, payload={"operation": str(operation_id)}, now=now)
