"""Gifts for referrers after enough referrals, with the day of the hand-over (OF-05)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kernel.db import atomic_with_retry
from kernel.ledger.errors import KeyReusedError
from tenants.context import current_tenant
from tenants.profiles.models import Profile
from tenants.programme import awarding
from tenants.programme.models import Preferences
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.awards import What
from tenants.rewards.gifts import UnknownGiftTypeError
from tenants.rewards.models import Award, AwardOrigin, AwardState, GiftType


@dataclass(frozen=True, slots=True)
class DueGift:
    """A referrer who has brought enough people for one more gift."""

    profile: Profile
    referees: int
    given: int


@atomic_with_retry
def give_gift(
    *,
    profile: Profile,
    gift_id: uuid.UUID,
    key: str,
    handed_on: date | None,
    author_id: uuid.UUID | None,
    now: datetime,
    tells: bool = False,
) -> tuple[Award, bool]:
    """Attach a gift to a referrer; returns (award, is new). The same `key` attaches one.

    `handed_on` is the merchant's day of the hand-over; without one the gift is still to be
    handed over. Every gift is kept, also when another one follows. A `key` that attached something
    else is refused (KeyReusedError).
    """
    gift = GiftType.objects.filter(id=gift_id, active=True).first()
    if gift is None:
        raise UnknownGiftTypeError(param="gift")
    award, created = awarding.give(
        key=f"gift:{key}",
        origin=AwardOrigin.GIFT,
        what=What(
            kind=gift.kind,
            name=gift.name,
            value=gift.value,
            currency=current_tenant().currency if gift.value else "",
        ),
        profile=profile,
        gift_type=gift,
        author_id=author_id,
        tells=tells,
        now=now,
    )
    if not created and (award.gift_type_id, award.profile_id) != (gift.id, profile.id):
        raise KeyReusedError
    if created and handed_on is not None:
        award = awarding.hand_over(award_id=award.id, now=now, at=_noon(handed_on, now))
    return award, created


@atomic_with_retry
def set_gift_after(*, number: int | None) -> None:
    """After how many referrals a gift is due; None for never."""
    Preferences.objects.update_or_create(id=1, defaults={"gift_after": number})


def gift_after() -> int | None:
    """After how many referrals a gift is due, if the merchant wants that."""
    return Preferences.objects.values_list("gift_after", flat=True).filter(id=1).first()


def due_gifts(*, limit: int) -> list[DueGift]:
    """Who has brought enough people for a gift they have not got: one for each so many."""
    due = _due()
    rows = due.order_by("-referees", "id")[:limit] if due is not None else ()
    return [DueGift(profile=row, referees=row.referees, given=row.given) for row in rows]


def due_gift_count() -> int:
    """How many people `due_gifts` would name."""
    due = _due()
    return int(due.count()) if due is not None else 0


def gifts_of(*, profile: Profile) -> QuerySet[Award]:
    """Every gift of a referrer, the last first; what was cancelled is not among them."""
    rows = Award.objects.filter(profile=profile, origin=AwardOrigin.GIFT)
    return rows.exclude(state=AwardState.CANCELLED).order_by(
        Coalesce("handed_over_at", "granted_at").desc(), "-id"
    )


def _due() -> Any:
    """Referrers with `referees` that count and gifts `given`, who have one to get.

    None where the merchant wants no reminder.
    """
    number = gift_after()
    if not number:
        return None
    gifts = (
        Award.objects.filter(profile=OuterRef("pk"), origin=AwardOrigin.GIFT)
        .exclude(state=AwardState.CANCELLED)
        .order_by()
        .values("profile")
        .annotate(n=Count("pk"))
        .values("n")
    )
    brought = (
        Referral.objects.filter(state=ReferralState.VALIDATED, referrer__isnull=False)
        .order_by()
        .values("referrer")
        .annotate(n=Count("pk"))
        .filter(n__gte=number)
    )
    counts = brought.filter(referrer=OuterRef("pk")).values("n")
    return (
        Profile.objects.filter(
            id__in=brought.values("referrer"), erased_at__isnull=True, merged_into__isnull=True
        )
        .annotate(
            referees=Subquery(counts, output_field=IntegerField()),
            given=Coalesce(Subquery(gifts, output_field=IntegerField()), 0),
        )
        .filter(given__lt=F("referees") / number)
    )


def _noon(day: date, now: datetime) -> datetime:
    """A day of the merchant's as a moment: today's is now."""
    zone = ZoneInfo(current_tenant().timezone)
    if day == now.astimezone(zone).date():
        return now
    return datetime.combine(day, time(12), zone)
