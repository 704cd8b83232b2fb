"""The home page's figures: what referrals brought over a period, and what they cost."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from tenants.activity.models import Order, OrderState, Session, SessionState
from tenants.profiles.models import Profile
from tenants.programme import listing
from tenants.programme.models import Reward, RewardState, Side
from tenants.programme.periods import Stretch
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
class Acquisition:
    """New customers by referral over a period, and what both sides were granted for them."""

    customers: int
    spent: int

    @property
    def cost(self) -> int | None:
        """Cents (or points) for one new customer; None where there was none."""
        return round(self.spent / self.customers) if self.customers else None


def brought(rows: QuerySet[Referral], *, stretch: Stretch | None = None) -> QuerySet[Referral]:
    """Those of `rows` that brought a customer: they count, and the fact behind them is confirmed.

    A referral that still waits for its order has brought nobody yet, and neither has one that is
    held back until somebody said yes (R43).
    """
    rows = (
        rows.filter(state__in=OPEN_STATES, awaits_fact=False)
        .exclude(state=ReferralState.HELD)
        .exclude(order__state=OrderState.REPORTED)
        .exclude(order__is_test=True)
    )
    return rows if stretch is None else within(rows, stretch)


def within(rows: QuerySet[Referral], stretch: Stretch) -> QuerySet[Referral]:
    """Those of `rows` that were made in it."""
    return rows.filter(created_at__gte=stretch.start, created_at__lt=stretch.end)


def validated(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those of `rows` that brought a customer and are definitive: the delay for returns is over."""
    return brought(rows).filter(state=ReferralState.VALIDATED)


def came_back(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those of `rows` whose friend bought, or sat, at least twice."""
    sittings = Session.objects.filter(
        profile=OuterRef("referee"), state=SessionState.VALIDATED, is_test=False
    ).order_by("id")
    return brought(rows).filter(Q(referee__order_count__gte=2) | Exists(sittings[1:2]))


def acquisition(*, stretch: Stretch) -> Acquisition:
    """How many customers referrals brought, and for how much."""
    new = brought(Referral.objects.order_by(), stretch=stretch)
    return Acquisition(customers=new.count(), spent=spent_on(new))


def spent_on(rows: QuerySet[Referral]) -> int:
    """What both sides were granted for these referrals, in the wallets' unit."""
    return listing.total_of(Reward.objects.filter(referral__in=rows.order_by().values("id")))


def trend(*, stretch: Stretch) -> list[int]:
    """New customers by referral in ten equal parts of it, for a sparkline."""
    length = (stretch.end - stretch.start) / _BUCKETS
    parts = [0] * _BUCKETS
    new = brought(Referral.objects.order_by(), stretch=stretch)
    days = new.annotate(day=TruncDate("created_at", tzinfo=stretch.start.tzinfo))
    for row in days.values("day").annotate(n=Count("id")):
        noon = datetime.combine(row["day"], time(12), tzinfo=stretch.start.tzinfo)
        at = int((noon - stretch.start) / length)
        parts[min(max(at, 0), _BUCKETS - 1)] += row["n"]
    return parts


@dataclass(frozen=True, slots=True)
class Funnel:
    """From the invitation to the next purchase, counted over one stretch of time."""

    invitations: int
    clicks: int
    orders: int
    validated: int
    repeat: int


def funnel(*, stretch: Stretch) -> Funnel:
    """The five counts; the last three are of the referrals that this stretch brought."""
    made = Referral.objects.order_by()
    return Funnel(
        invitations=Invitation.objects.filter(
            created_at__gte=stretch.start, created_at__lt=stretch.end
        ).count(),
        clicks=Click.objects.filter(
            clicked_at__gte=stretch.start, clicked_at__lt=stretch.end
        ).count(),
        orders=brought(made, stretch=stretch).count(),
        validated=within(validated(made), stretch).count(),
        repeat=within(came_back(made), stretch).count(),
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


def orders(*, stretch: Stretch) -> int:
    """How many orders came in; tests are none."""
    rows = Order.objects.filter(received_at__gte=stretch.start, received_at__lt=stretch.end)
    return rows.filter(is_test=False).count()
