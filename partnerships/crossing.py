"""The one way from a merchant's schema into its partner's.

Every passage is a row of `Crossing`, written in the caller's transaction: who, why, what about. A
test holds that no other code of the product enters a second tenant.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from kernel.errors import RicochetError
from partnerships.models import Crossing, Partnership
from tenants.context import enter_by_id
from tenants.models import Tenant


class Why(StrEnum):
    """What somebody may enter a partner's schema for."""

    TELL = "tell"  # an email to the partner's own team
    SHARE = "share"  # participations, as far as each person agreed
    WITHDRAW = "withdraw"  # a consent that was taken back
    DESCRIBE = "describe"  # what the minor may know of an operation
    RECONCILE = "reconcile"  # comparing, and mending, both sides


class NotOfThisPartnershipError(RicochetError):
    """Neither side of this partnership, and so no way from here to there."""

    code = "not_of_this_partnership"
    status = 403


@contextmanager
def enter_partner(
    *,
    partnership: Partnership,
    to: uuid.UUID,
    why: Why,
    now: datetime,
    subject: str = "",
    count: int = 1,
) -> Iterator[Tenant]:
    """Work in one side's schema on behalf of the other, on the same connection.

    Whether data may move at all is another question: `selectors.may_share`. A withdrawal, say,
    goes through after the end. `count` is how many rows are carried. Raises
    NotOfThisPartnershipError, or UnknownTenantError for a merchant that is not active (R20).
    """
    sides = {partnership.major_id, partnership.minor_id, partnership.asked_tenant_id} - {None}
    if to not in sides:
        raise NotOfThisPartnershipError
    came_from = partnership.major_id
    if to == partnership.major_id:
        came_from = partnership.minor_id or partnership.asked_tenant_id or partnership.major_id
    with enter_by_id(to) as tenant:
        Crossing.objects.create(
            partnership=partnership,
            from_tenant=came_from,
            to_tenant=to,
            why=why,
            subject=subject,
            count=count,
            at=now,
        )
        yield tenant
