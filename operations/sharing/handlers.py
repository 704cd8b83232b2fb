"""What the outbox calls of sharing: one partner for each event, so that none waits for others.

What a partner's state forbids now is no failure: it waits, and is asked for again.
"""

import uuid

from django.db.models import Q
from django.utils import timezone

from kernel.db import prepared_cursor
from kernel.outbox.services import emit
from kernel.outbox.types import EventData, Handler
from operations import parties
from operations.counting import SHARE_EVENT
from operations.sharing import delivering, describing
from operations.telling import CHANGED_EVENT
from partnerships.crossing import Why, enter_partner
from partnerships.models import OPEN_STATES, Partnership
from partnerships.telling import ACTIVE, NAMED
from tenants.context import UnknownTenantError

# Asked for every participation; most were taken along by the delivery of another.
_WAITING = """
    SELECT
        EXISTS (
            SELECT FROM operations_share
            WHERE partnership_id = %s AND state IN ('pending', 'withdrawing')
        ),
        EXISTS (
            SELECT FROM operations_share
            WHERE partnership_id = %s AND participation_id = %s
                AND state IN ('pending', 'withdrawing')
        )
"""


def _share(event: EventData) -> None:
    """One participation and its partner, and whatever else waits for that partner.

    Where an earlier delivery took it along already, those that came since are looked for: behind
    a long queue nobody waits for their own event. Somebody else at it is not waited for then.
    """
    participation_id = uuid.UUID(event.payload["participation"])
    partnership_id = uuid.UUID(event.payload["partnership"])
    with prepared_cursor() as cursor:
        cursor.execute(_WAITING, [partnership_id, partnership_id, participation_id])
        anything, this_one = cursor.fetchone()
    if anything:
        delivering.deliver(
            partnership_id=partnership_id,
            participation_id=participation_id,
            patient=this_one,
            now=timezone.now(),
        )


def _changed(event: EventData) -> None:
    describing.announce(operation_id=uuid.UUID(event.payload["operation"]), now=timezone.now())


def _describe(event: EventData) -> None:
    describing.tell(
        operation_id=uuid.UUID(event.payload["operation"]),
        partnership_id=uuid.UUID(event.payload["partnership"]),
        now=timezone.now(),
    )


def _resume(event: EventData) -> None:
    """A partner for whom something waited: all of it, as far as it may move now."""
    partnership_id, now = uuid.UUID(event.payload["partnership"]), timezone.now()
    describing.announce_all(partnership_id=partnership_id, now=now)
    if delivering.deliver(partnership_id=partnership_id, now=now).more:
        emit(
            kind=describing.RESUME_EVENT,
            payload=event.payload,
            now=now,
            key=f"{describing.RESUME_EVENT}:after:{event.id}",
        )


def _active(event: EventData) -> None:
    """Both sides have agreed: the major tells what it has, wherever the word was given."""
    row = (
        Partnership.objects.select_related("major")
        .filter(id=uuid.UUID(event.payload["partnership_id"]))
        .first()
    )
    if row is None:
        return
    now = timezone.now()
    try:
        with enter_partner(partnership=row, to=row.major_id, why=Why.DESCRIBE, now=now):
            describing.know_the_office(row)
            parties.ask_to_confirm(partnership=row, now=now)
            emit(
                kind=describing.RESUME_EVENT,
                payload={"partnership": str(row.id)},
                now=now,
                key=f"{describing.RESUME_EVENT}:active:{event.id}",
            )
    except UnknownTenantError:
        return  # a major that is suspended tells nothing; its own sweep will


def _named(event: EventData) -> None:
    """A brand calls itself otherwise: its majors tell it, and it tells its own partners, anew what
    people read.
    """
    tenant = uuid.UUID(event.payload["tenant"])
    rows = Partnership.objects.select_related("major").filter(
        Q(minor=tenant) | Q(major=tenant), state__in=OPEN_STATES
    )
    now = timezone.now()
    for row in rows.order_by("id"):
        try:
            with enter_partner(partnership=row, to=row.major_id, why=Why.DESCRIBE, now=now):
                emit(
                    kind=describing.RESUME_EVENT,
                    payload={"partnership": str(row.id)},
                    now=now,
                    key=f"{describing.RESUME_EVENT}:named:{event.id}:{row.id}",
                )
        except UnknownTenantError:
            continue  # as above


HANDLERS: dict[str, Handler] = {
    SHARE_EVENT: _share,
    ACTIVE: _active,
    NAMED: _named,
    CHANGED_EVENT: _changed,
    describing.DESCRIBE_EVENT: _describe,
    describing.RESUME_EVENT: _resume,
}
