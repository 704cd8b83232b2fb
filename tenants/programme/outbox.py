"""Outbox events of the programme's own."""

import uuid

from django.utils import timezone

from kernel.outbox.types import EventData, Handler
from tenants.programme import reward_notices
from tenants.programme.team import who_can_act
from tenants.rewards.giving_codes import LOW_EVENT, left
from tenants.rewards.models import CodeList


def codes_low(event: EventData) -> None:
    """A list of codes runs out: everybody who can import more is told, once for each alarm."""
    row = CodeList.objects.filter(id=uuid.UUID(event.payload["code_list_id"])).first()
    if row is None:
        return
    reward_notices.codes_low(
        code_list=row,
        left=left(code_list_id=row.id),
        people=who_can_act(),
        key=str(event.id),
        now=timezone.now(),
    )


HANDLERS: dict[str, Handler] = {LOW_EVENT: codes_low}
