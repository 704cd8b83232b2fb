"""Give one merchant more than its plan, or take it back (OF-07, SO-01)."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import User
from billing.models import Grant
from billing.services import grants
from console.models import Act
from console.services.merchants import merchant
from console.services.trail import check_reason, note


@transaction.atomic
def grant(
    *,
    tenant_id: uuid.UUID,
    operator: User,
    what: str,
    value: int | None,
    ends_at: datetime | None,
    reason: str,
    now: datetime,
) -> Grant:
    """`what` is `feature:<name>` or `limit:<name>`; the same again is the same grant.

    Raises ReasonMissingError, UnknownMerchantError or InvalidGrantError.
    """
    why, tenant = check_reason(reason), merchant(tenant_id)
    sort, _colon, name = what.partition(":")
    before = set(Grant.objects.filter(tenant_id=tenant_id).values_list("id", flat=True))
    if sort == "feature":
        act = Act.FEATURE_GRANTED
        made = grants.grant_feature(
            tenant_id=tenant_id,
            feature=name,
            reason=why,
            ends_at=ends_at,
            now=now,
            by=operator.id,
        )
    else:
        act = Act.LIMIT_GRANTED
        made = grants.grant_limit(
            tenant_id=tenant_id,
            limit=name,
            value=value,
            reason=why,
            ends_at=ends_at,
            now=now,
            by=operator.id,
        )
    if made.id not in before:
        about = name if sort == "feature" else f"{name}: {value or '∞'}"
        note(act=act, operator=operator, tenant=tenant, about=about, reason=why, now=now)
    return made


@transaction.atomic
def withdraw(
    *, tenant_id: uuid.UUID, grant_id: uuid.UUID, operator: User, reason: str, now: datetime
) -> Grant:
    """Take a grant of this merchant back at once. Raises ReasonMissingError, UnknownGrantError."""
    why, tenant = check_reason(reason), merchant(tenant_id)
    if not Grant.objects.filter(id=grant_id, tenant_id=tenant_id).exists():
        raise grants.UnknownGrantError
    taken = grants.withdraw(grant_id=grant_id, now=now, by=operator.id)
    note(
        act=Act.GRANT_WITHDRAWN,
        operator=operator,
        tenant=tenant,
        about=taken.feature or taken.limit,
        reason=why,
        now=now,
    )
    return taken
