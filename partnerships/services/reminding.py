"""Reminding a partner whose word on the agreement is missing."""

import uuid
from datetime import datetime, timedelta

from accounts.throttles import ThrottledError, hit
from partnerships.errors import AlreadyRemindedError, NotWaitingError
from partnerships.models import Origin, Partnership, Side, State
from partnerships.selectors import partnership
from partnerships.services import inviting
from partnerships.telling import have_told

EVERY = timedelta(days=1)


def remind(*, partnership_id: uuid.UUID, tenant_id: uuid.UUID, now: datetime) -> Partnership:
    """Write once more to whoever has to accept on the minor's side.

    Somebody who has not followed the link gets it anew, and what was sent before ends; owners of a
    back office get a reminder, once a day. Called outside a transaction, for the throttle. Raises
    UnknownPartnershipError, NotWaitingError once they have answered, or AlreadyRemindedError.
    """
    row = partnership(partnership_id=partnership_id, tenant_id=tenant_id)
    if row.state not in (State.PROPOSED, State.ACTIVE) or row.side_of(tenant_id) != Side.MAJOR:
        raise NotWaitingError
    by_link = row.origin == Origin.DETAILS and (
        row.minor_id is None or inviting.invitation_of(row) is not None
    )
    if by_link:
        return inviting.resend(partnership_id=partnership_id, tenant_id=tenant_id, now=now)
    if row.they_accepted:  # type: ignore[attr-defined]  # said by the selector
        raise NotWaitingError
    try:
        hit(action="partner-remind", subject=str(row.id), limit=1, window=EVERY, now=now)
    except ThrottledError as error:
        raise AlreadyRemindedError from error
    have_told(row=row, to=row.minor_id, kind="partner_reminded", now=now)
    return row
