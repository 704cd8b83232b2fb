"""The home page's figures: what referrals brought over a period, and what they cost."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from tenants.activity.models import Order, OrderState
from tenants.profiles.models import Profile
from tenants.programme import listing
from tenants.programme.models import Reward, RewardState, Side
from tenants.referrals.models import (
    OPEN_STATES,
    Click,
    Invitation,
    Referral,
    ReferralCode,
    ReferralState,
)

_BUCKETS = 10


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (included) to `end`, and the stretch of the same length just before."""

    start: datetime
    end: datetime

    @property
    def before(self) -> "Period":
        return Period(start=self.start - (self.end - self.start), end=self.start)


@dataclass(frozen=True, slots=True)
class Acquisition:
    """New customers by referral over a period, and what both sides were granted for them."""

    customers: int
    spent: int

    @property
    def cost(self) -> int | None:
        """Cents (or points) for one new customer; None where there was none."""
        return round(self.spent / self.customers) if self.customers else None


def _new_referrals(period: Period) -> QuerySet[Referral]:
    """Referrals of the period that count, once the order behind them is confirmed."""
    return (
        Referral.objects.filter(
            created_at__gte=period.start, created_at__lt=period.end, state__in=OPEN_STATES
        )
        .exclude(order__state=OrderState.REPORTED)
        .exclude(order__is_test=True)
    )


def acquisition(*, period: Period) -> Acquisition:
    """How many customers referrals brought, and for how much."""
    brought = _new_referrals(period)
    return Acquisition(
        customers=brought.count(),
        spent=listing.total_of(Reward.objects.filter(referral__in=brought.values("id"))),
    )


def trend(*, period: Period) -> list[int]:
    """New customers by referral in ten equal parts of the period, for a sparkline."""
    rows = (
        _new_referrals(period)
        .annotate(day=TruncDate("created_at"))
        .order_by()
        .values("day")
        .annotate(n=Count("id"))
    )
    length = (period.end - period.start) / _BUCKETS
    parts = [0] * _BUCKETS
    for row in rows:
        noon = datetime.combine(row["day"], period.start.timetz()).replace(hour=12)
        at = int((noon - period.start) / length)
        parts[min(max(at, 0), _BUCKETS - 1)] += row["n"]
    return parts


@dataclass(frozen=True, slots=True)
class Funnel:
    """From the invitation to the second order, counted over one period."""

    invitations: int
    clicks: int
    accounts: int
    orders: int
    repeat: int


def funnel(*, period: Period) -> Funnel:
    """The five counts. An account is a person whom a referral or an invitation led to us."""
    within = {"gte": period.start, "lt": period.end}
    brought = _new_referrals(period)
    referred = Referral.objects.filter(referee=OuterRef("pk"), id__in=brought.values("id"))
    invited = Invitation.objects.filter(
        email_key=OuterRef("email_key"), created_at__lte=OuterRef("created_at")
    )
    recent = Q(created_at__gte=within["gte"], created_at__lt=within["lt"])
    accounts = Profile.objects.filter(Exists(referred) | (recent & Exists(invited)))
    return Funnel(
        invitations=Invitation.objects.filter(recent).count(),
        clicks=Click.objects.filter(
            clicked_at__gte=within["gte"], clicked_at__lt=within["lt"]
        ).count(),
        accounts=accounts.count(),
        orders=brought.count(),
        repeat=Profile.objects.filter(Exists(referred), order_count__gte=2).count(),
    )


@dataclass(frozen=True, slots=True)
class Ambassador:
    """A referrer with what they brought since the programme opened."""

    profile: Profile
    since: datetime | None
    validated: int
    rate: float | None
    sales: int
    earned: int


def ambassadors(*, limit: int = 6) -> list[Ambassador]:
    """The referrers with most validated referees; `sales` adds up the referees' orders."""
    top = list(
        Referral.objects.filter(state=ReferralState.VALIDATED)
        .order_by()
        .values("referrer")
        .annotate(n=Count("id"), sales=Sum("referee__order_total"))
        .order_by("-n", "-sales", "referrer")[:limit]
    )
    ids = [row["referrer"] for row in top]
    profiles = Profile.objects.in_bulk(ids)
    since = dict(ReferralCode.objects.filter(profile__in=ids).values_list("profile", "created_at"))
    rewards = Reward.objects.filter(profile__in=ids, side=Side.REFERRER, state=RewardState.POSTED)
    earned = dict(
        rewards.order_by().values_list("profile").annotate(total=Sum(F("amount") - F("reversed")))
    )
    invited = _invited(ids)
    return [
        Ambassador(
            profile=profiles[row["referrer"]],
            since=since.get(row["referrer"]),
            validated=row["n"],
            rate=row["n"] / invited[row["referrer"]] if invited.get(row["referrer"]) else None,
            sales=row["sales"] or 0,
            earned=earned.get(row["referrer"], 0),
        )
        for row in top
    ]


def _invited(ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people each of these referrers invited or brought."""
    counts: dict[uuid.UUID, int] = {}
    sources = (
        Invitation.objects.filter(referrer__in=ids),
        Referral.objects.filter(referrer__in=ids, invitation__isnull=True),
    )
    for rows in sources:
        for owner, n in rows.order_by().values_list("referrer").annotate(n=Count("id")):
            counts[owner] = counts.get(owner, 0) + n
    return counts


def orders(*, period: Period) -> int:
    """How many orders came in; tests are none."""
    rows = Order.objects.filter(received_at__gte=period.start, received_at__lt=period.end)
    return rows.filter(is_test=False).count()


def period_of(*, days: int, now: datetime) -> Period:
    """The last `days` days, up to now."""
    return Period(start=now - timedelta(days=days), end=now)
