"""Influencers and partners: people who share a code of the merchant's choice (FS-13)."""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel.db import atomic_with_retry
from shell.text import folded
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile, ProfileKind
from tenants.programme.models import Reward, RewardState, Side
from tenants.referrals import codes
from tenants.referrals.models import Click, Referral, ReferralState

KINDS = (ProfileKind.INFLUENCER, ProfileKind.PARTNER)


@atomic_with_retry
def create(
    *,
    kind: ProfileKind,
    name: str,
    code: str,
    email: str,
    now: datetime,
    shop: str = "",
) -> Profile:
    """Add an influencer or a partner with this code; their link works at once.

    All or nothing: raises ProfileExistsError, UnsafeNameError, InvalidEmailError,
    InvalidCodeError or CodeTakenError.
    """
    profile = profiles.create(
        now=now, source="manual", email=email, first_name=name, shop=shop, kind=kind
    )
    codes.rename(code=codes.code_for(profile=profile, now=now), to=code)
    profile.refresh_from_db()  # it remembers the code that it was first given
    return profile


@atomic_with_retry
def set_kind(*, profile: Profile, kind: ProfileKind) -> Profile:
    """Say what somebody is to the merchant from now on; their code and referrals stay."""
    Profile.objects.filter(id=profile.id).update(kind=kind)
    profile.kind = kind
    return profile


def listed() -> QuerySet[Profile]:
    """Every one of them, with `code`, `clicks`, `referrals`, `brought` (cents) and `earned`.

    `brought` is what the orders that they brought are worth, refunds deducted; `earned` is what
    they were promised or given for it, in the programme's unit.
    """
    mine = Referral.objects.filter(referrer=OuterRef("pk")).exclude(
        state__in=(ReferralState.REFUSED, ReferralState.REVERSED)
    )
    orders = mine.filter(order__isnull=False).order_by().values("referrer")
    rewards = (
        Reward.objects.filter(profile=OuterRef("pk"), side=Side.REFERRER)
        .exclude(state=RewardState.CANCELLED)
        .order_by()
        .values("profile")
    )
    clicks = Click.objects.filter(code__profile=OuterRef("pk")).order_by().values("code__profile")
    return (
        Profile.objects.filter(kind__in=KINDS, erased_at=None)
        .select_related("referral_code")
        .annotate(
            clicks=_number(clicks.annotate(n=Count("pk"))),
            referrals=_number(mine.order_by().values("referrer").annotate(n=Count("pk"))),
            brought=_number(orders.annotate(n=Sum("order__amount") - Sum("order__refunded"))),
            earned=_number(rewards.annotate(n=Sum("amount") - Sum("reversed"))),
        )
    )


def find(rows: QuerySet[Profile], *, text: str) -> QuerySet[Profile]:
    """Those whose name, address or code has this text."""
    named = Q()
    for word in folded(text).split():
        named &= Q(search_text__contains=word)
    return rows.filter(named | Q(referral_code__code__contains=codes.normalise(text)))


def _number(grouped: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(grouped.values("n"), output_field=BigIntegerField()), 0)
