"""Whom a campaign is for: fields from a list, all of them to be met (R37), and who is left out."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from kernel.ledger.models import Account, AccountKind
from tenants.context import current_tenant
from tenants.loyalty.models import Membership
from tenants.messaging.kinds import Topic
from tenants.messaging.permission import mailing_reasons
from tenants.profiles.models import Profile
from tenants.programme import versions
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.models import Award

SLICE = 500
_READ = (
    "id",
    "email",
    "is_test",
    "erased_at",
    "merged_into",
    "unsubscribed_at",
    "consented_at",
    "bought_before",
    "order_count",
)


@dataclass(frozen=True, slots=True)
class Audience:
    """How many people a segment chooses, how many may be written to, why the others not."""

    chosen: int
    allowed: int
    excluded: dict[str, int]


def people(*, segment: Mapping[str, Any], now: datetime) -> QuerySet[Profile]:
    """Whom the segment chooses, whether they may be written to or not. Unknown fields are nought.

    `kind`, `language`, `balance_min` and `balance_max` (cents or points), `referrals_min`,
    `referrals_max`, `ordered_within` and `not_ordered_for` (days), `member` and `consent`
    ("yes", "no"), `tier` (an id).
    """
    rows = Profile.objects.filter(erased_at=None, is_test=False)
    for name, choose in _FIELDS.items():
        value = segment.get(name)
        if value not in (None, ""):
            rows = choose(rows, value, now)
    return rows


def audience(*, segment: Mapping[str, Any], now: datetime) -> Audience:
    """The segment in numbers, as it stands now."""
    chosen, excluded = 0, Counter[str]()
    for part in _slices(people(segment=segment, now=now).only(*_READ)):
        chosen += len(part)
        reasons = mailing_reasons(profiles=part, topic=Topic.CAMPAIGNS)
        excluded.update(reason for reason in reasons if reason)
    return Audience(chosen, chosen - excluded.total(), dict(excluded.most_common()))


def _slices(rows: QuerySet[Profile]) -> Iterator[list[Profile]]:
    after = uuid.UUID(int=0)
    while part := list(rows.filter(id__gt=after).order_by("id")[:SLICE]):
        yield part
        after = part[-1].id


def _balance(rows: QuerySet[Profile], now: datetime, **bounds: Any) -> QuerySet[Profile]:
    version = versions.in_force(now=now)
    wallets = Account.objects.filter(
        kind=AccountKind.WALLET,
        unit=version.unit if version else current_tenant().currency,
        owner_id=OuterRef("pk"),
    ).annotate(free=F("posted") - F("pending_out"))
    if "free__lte" in bounds:
        # Whoever has no wallet yet has nothing in it.
        return rows.filter(~Exists(wallets.filter(free__gt=bounds["free__lte"])))
    return rows.filter(Exists(wallets.filter(**bounds)))


def _balance_min(rows: QuerySet[Profile], value: Any, now: datetime) -> QuerySet[Profile]:
    return _balance(rows, now, free__gte=int(value)) if int(value) > 0 else rows


def _balance_max(rows: QuerySet[Profile], value: Any, now: datetime) -> QuerySet[Profile]:
    return _balance(rows, now, free__lte=int(value))


def _brought(least: int) -> Exists:
    """Whether somebody brought at least so many customers."""
    rows = (
        Referral.objects.filter(referrer=OuterRef("pk"), state=ReferralState.VALIDATED)
        .order_by()
        .values("referrer")
        .annotate(n=Count("id"))
        .filter(n__gte=least)
    )
    return Exists(rows)


def _referrals_min(rows: QuerySet[Profile], value: Any, _now: datetime) -> QuerySet[Profile]:
    return rows.filter(_brought(int(value))) if int(value) > 0 else rows


def _referrals_max(rows: QuerySet[Profile], value: Any, _now: datetime) -> QuerySet[Profile]:
    return rows.filter(~_brought(int(value) + 1))


def _within(rows: QuerySet[Profile], value: Any, now: datetime) -> QuerySet[Profile]:
    return rows.filter(last_order_at__gte=now - timedelta(days=int(value)))


def _not_for(rows: QuerySet[Profile], value: Any, now: datetime) -> QuerySet[Profile]:
    since = now - timedelta(days=int(value))
    return rows.filter(Q(last_order_at__lt=since) | Q(last_order_at=None))


def _member(rows: QuerySet[Profile], value: Any, _now: datetime) -> QuerySet[Profile]:
    member = Exists(Membership.objects.filter(profile=OuterRef("pk"), left_at=None))
    return rows.filter(member if value == "yes" else ~member)


def _consent(rows: QuerySet[Profile], value: Any, _now: datetime) -> QuerySet[Profile]:
    return rows.filter(consented_at__isnull=value != "yes")


def _tier(rows: QuerySet[Profile], value: Any, _now: datetime) -> QuerySet[Profile]:
    return rows.filter(Exists(Award.objects.filter(profile=OuterRef("pk"), tier_id=str(value))))


_FIELDS: dict[str, Any] = {
    "kind": lambda rows, value, _now: rows.filter(kind=value),
    "language": lambda rows, value, _now: rows.filter(language=value),
    "balance_min": _balance_min,
    "balance_max": _balance_max,
    "referrals_min": _referrals_min,
    "referrals_max": _referrals_max,
    "ordered_within": _within,
    "not_ordered_for": _not_for,
    "member": _member,
    "consent": _consent,
    "tier": _tier,
}
