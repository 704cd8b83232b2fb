"""Taking a proposal back, while the major has not bound itself by it."""

import uuid
from datetime import datetime

from django.db import transaction

from partnerships.errors import NotWaitingError
from partnerships.models import Ending, Partnership, Side, State
from partnerships.services.inviting import held, retire_office
from partnerships.telling import have_told


@transaction.atomic
def withdraw(*, partnership_id: uuid.UUID, tenant_id: uuid.UUID, now: datetime) -> Partnership:
    """End what the major proposed, answered or not: also once the minor has accepted, for as long
    as the major's own word is missing. The minor is told; a back office that nobody entered goes
    with it. Twice is once.

    Raises UnknownPartnershipError, or NotWaitingError where both have accepted or it is over.
    """
    row = held(partnership_id, tenant_id)
    if row.state == State.ENDED and row.ending == Ending.WITHDRAWN:
        return row
    if row.state != State.PROPOSED or row.side_of(tenant_id) != Side.MAJOR:
        raise NotWaitingError
    row.state, row.ending = State.ENDED, Ending.WITHDRAWN
    row.ended_at, row.ended_by = now, tenant_id
    row.token_hash = ""
    row.save(update_fields=["state", "ending", "ended_at", "ended_by", "token_hash"])
    if not retire_office(row, now=now):
        have_told(row=row, to=row.minor_id, kind="partner_ended", now=now)
    return row
