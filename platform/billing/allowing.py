"""What one merchant may use at a moment: its plan × how its subscription stands × grants."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from billing.models import Account, AccountState, Grant
from billing.plans import Allowed, Limit, Plan, plan_named

# Stripe's own word on the end of a trial or of a period may be this late before it counts.
LATE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What holds until `until` (None: until something changes).

    `frozen`: nothing is paid any more, so that the merchant reads, and begins nothing. `limits`
    holds every limit, None where there is none.
    """

    plan: str
    features: frozenset[Allowed]
    limits: Mapping[Limit, int | None]
    frozen: bool
    until: datetime | None


def entitlements(*, tenant_id: uuid.UUID, now: datetime) -> Entitlements | None:
    """What this merchant may use now; None for one that has no account, which may use all."""
    account = Account.objects.filter(tenant_id=tenant_id).first()
    if account is None:
        return None
    grants = Grant.objects.filter(tenant_id=tenant_id, withdrawn_at=None)
    ahead = list(grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)))
    return judge(account=account, grants=ahead, now=now)


def judge(*, account: Account, grants: Iterable[Grant], now: datetime) -> Entitlements:
    """The same from rows that were read: grants that were withdrawn or have ended are left out."""
    plan = plan_named(account.plan)
    ends = _end(account)
    frozen = account.state in (AccountState.FROZEN, AccountState.CANCELED) or (
        ends is not None and ends <= now
    )
    given = [grant for grant in grants if grant.starts_at <= now]
    moments = [ends, *(grant.ends_at for grant in given)]
    moments += [grant.starts_at for grant in grants if grant.starts_at > now]
    ahead = [moment for moment in moments if moment is not None and moment > now]
    return Entitlements(
        plan=plan.key,
        features=plan.features | {Allowed(grant.feature) for grant in given if grant.feature},
        limits=_limits(plan, given),
        frozen=frozen,
        until=min(ahead, default=None),
    )


def _end(account: Account) -> datetime | None:
    """When what holds now ends by itself, unless somebody pays or says otherwise."""
    late = LATE if account.stripe_subscription_id else timedelta()
    match account.state:
        case AccountState.TRIALING:
            ends = account.trial_ends_at and account.trial_ends_at + late
        case AccountState.PAST_DUE:
            ends = account.grace_ends_at
        case AccountState.ACTIVE:
            ends = account.cancel_at and account.cancel_at + late
        case _:
            ends = None
    return ends


def _limits(plan: Plan, given: Iterable[Grant]) -> dict[Limit, int | None]:
    """The plan's limits, each raised by whatever grant gives more; a grant never lowers one."""
    limits = dict(plan.limits)
    for grant in given:
        if grant.limit:
            limit = Limit(grant.limit)
            limits[limit] = _more(limits[limit], grant.value)
    return limits


def _more(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)
