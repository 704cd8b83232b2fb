"""Tiers in the programme: given by themselves at the threshold, or by hand before it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError
from kernel.ledger.models import Account, AccountKind
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.profiles.models import Profile
from tenants.programme import awarding
from tenants.rewards.awards import What
from tenants.rewards.models import Award, AwardOrigin, AwardState, Tier

_PAIR = ("profile_id", "tier_id")


class TierOutOfReachError(ConflictError):
    """This customer has not earned enough for this tier."""

    code = "tier_out_of_reach"
    words = gettext_lazy("Ce palier n’est pas encore atteint.")


class TierUnavailableError(ConflictError):
    """This tier is not offered any more."""

    code = "tier_unavailable"
    words = gettext_lazy("Ce palier n’est plus proposé.")


@atomic_with_retry
def settle_tiers(*, profile_ids: Iterable[uuid.UUID], now: datetime) -> list[Award]:
    """Give these people the tiers that they have reached and were not given yet (FS-14, FS-17).

    Called in the transaction that credited them: what is earned and what it unlocks are one step.
    A tier is given once to a person, for ever, under the key "tier:<tier>:<profile>"; one that
    was raised, archived or fallen below again stays with who has it (FS-23).
    """
    people = sorted(set(profile_ids))
    if not people or not is_on(Feature.TIERS):
        return []
    tiers = list(Tier.objects.select_related("code_list").filter(active=True))
    if not tiers:
        return []
    wallets = Account.objects.filter(kind=AccountKind.WALLET, owner_id__in=people)
    earned = {(row.owner_id, row.unit): row.earned for row in wallets}
    had = set(Award.objects.filter(profile__in=people, tier__isnull=False).values_list(*_PAIR))
    due = [
        (number, tier)
        for number in people
        for tier in tiers
        if earned.get((number, tier.unit), 0) >= tier.threshold and (number, tier.id) not in had
    ]
    if not due:
        return []
    known = _present().in_bulk({number for number, _ in due})
    given = [_give(tier, known[number], now=now) for number, tier in due if number in known]
    return [award for award, created in given if created]


@atomic_with_retry
def claim_tier(*, profile: Profile, tier_id: uuid.UUID, now: datetime) -> Award:
    """A customer takes a tier that they have reached: one made since, for instance (FS-24).

    Twice answers the same award. Raises TierUnavailableError or TierOutOfReachError.
    """
    tier = Tier.objects.select_related("code_list").filter(id=tier_id).first()
    if tier is None or not is_on(Feature.TIERS):
        raise TierUnavailableError
    earlier = Award.objects.filter(key=_key(tier, profile)).first()
    if earlier is not None:
        return earlier
    if not tier.active:
        raise TierUnavailableError
    if not reached(tier).filter(owner_id=profile.id).exists():
        raise TierOutOfReachError
    return _give(tier, profile, now=now)[0]


@atomic_with_retry
def grant_tier_by_hand(
    *, profile: Profile, tier_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime
) -> tuple[Award, bool]:
    """The merchant gives a tier, reached or not (FS-03); returns (award, is new).

    It counts as this person's award for the tier: reaching it later gives no second one.
    """
    tier = Tier.objects.select_related("code_list").filter(id=tier_id, active=True).first()
    if tier is None:
        raise TierUnavailableError
    return _give(tier, profile, now=now, author_id=author_id)


def reached(tier: Tier) -> QuerySet[Account]:
    """The wallets of those who have earned enough for a tier and were not given it yet."""
    given = Award.objects.filter(tier=tier, profile_id=OuterRef("owner_id"))
    return Account.objects.filter(
        ~Exists(given),
        Exists(_present().filter(id=OuterRef("owner_id"))),
        kind=AccountKind.WALLET,
        unit=tier.unit,
        earned__gte=tier.threshold,
    )


def _present() -> QuerySet[Profile]:
    return Profile.objects.filter(erased_at__isnull=True, merged_into__isnull=True)


def _give(
    tier: Tier, profile: Profile, *, now: datetime, author_id: uuid.UUID | None = None
) -> tuple[Award, bool]:
    return awarding.give(
        key=_key(tier, profile),
        origin=AwardOrigin.HAND if author_id else AwardOrigin.TIER,
        what=What.of_tier(tier, currency=current_tenant().currency),
        profile=profile,
        tier=tier,
        author_id=author_id,
        tells=tier.tells_by_email,
        now=now,
    )


def _key(tier: Tier, profile: Profile) -> str:
    return f"tier:{tier.id}:{profile.id}"


def counted(*, active: bool) -> list[Tier]:
    """Tiers by threshold, each with `given` (awards that stand) and `there` (who could claim)."""
    standing = ~Q(awards__state=AwardState.CANCELLED)
    rows = Tier.objects.select_related("code_list").filter(active=active)
    tiers: list[Tier] = list(
        # A count drops the model's own order.
        rows.annotate(given=Count("awards", filter=standing)).order_by("threshold", "id")
    )
    for tier in tiers:
        tier.there = reached(tier).count() if active else 0  # type: ignore[attr-defined]
    return tiers


@dataclass(frozen=True, slots=True)
class TierStanding:
    """A tier beside one person: what they have earned of it, and their award if they have one."""

    tier: Tier
    earned: int
    award: Award | None

    @property
    def missing(self) -> int:
        return max(self.tier.threshold - self.earned, 0)

    @property
    def shown(self) -> int:
        """What a bar shows: whoever has it is at the end of it."""
        return self.tier.threshold if self.award else max(self.earned, 0)

    @property
    def claimable(self) -> bool:
        return self.award is None and not self.missing


def standing(*, profile: Profile, unit: str) -> list[TierStanding]:
    """Every tier on offer beside one person, and those they have that are not offered any more."""
    if not is_on(Feature.TIERS):
        return []
    wallet = Account.objects.filter(kind=AccountKind.WALLET, owner_id=profile.id, unit=unit)
    earned = wallet.values_list("earned", flat=True).first() or 0
    rows = Award.objects.filter(profile=profile, tier__isnull=False)
    had = {award.tier_id: award for award in rows}
    tiers = Tier.objects.filter(Q(active=True, unit=unit) | Q(id__in=had))
    return [TierStanding(tier=tier, earned=earned, award=had.get(tier.id)) for tier in tiers]
