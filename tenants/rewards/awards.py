"""Giving rewards in kind, each once: for a tier, a referral, an invitation, or by hand."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, NotFoundError
from kernel.ids import uuid7
from tenants.profiles.models import Profile
from tenants.rewards.days import end_of_day
from tenants.rewards.giving_codes import NoCodeLeftError, take_code
from tenants.rewards.models import (
    Award,
    AwardKind,
    AwardOrigin,
    AwardState,
    CodeList,
    GiftType,
    Tier,
)

# Kinds that are a code in themselves; others have one where the merchant brings a list.
_CODED = (AwardKind.PROMO_CODE, AwardKind.GIFT_CARD)


class UnknownAwardError(NotFoundError):
    """There is no such award."""

    code = "unknown_award"
    words = gettext_lazy("Cette récompense n’existe pas.")


class AwardClosedError(ConflictError):
    """This award was handed over or cancelled before."""

    code = "award_closed"
    words = gettext_lazy("Cette récompense est déjà close.")


class AwardPendingError(ConflictError):
    """This award is still waiting: there is nothing to hand over."""

    code = "award_pending"
    words = gettext_lazy("Cette récompense n’est pas encore disponible.")


@dataclass(frozen=True, slots=True)
class What:
    """What is given, as it stands on the day: name, value (cents), how long its code holds."""

    kind: str
    name: str
    description: str = ""
    value: int | None = None
    currency: str = ""
    code_list: CodeList | None = None
    valid_days: int | None = None

    @classmethod
    def of_tier(cls, tier: Tier, *, currency: str) -> "What":
        """What a tier gives today."""
        return cls(
            kind=tier.kind,
            name=tier.name,
            description=tier.description,
            value=tier.value,
            currency=currency if tier.value else "",
            code_list=tier.code_list,
        )


@atomic_with_retry
def grant(
    *,
    key: str,
    origin: AwardOrigin,
    what: What,
    now: datetime,
    profile: Profile | None = None,
    source: str = "",
    tier: Tier | None = None,
    gift_type: GiftType | None = None,
    pending: bool = False,
    available_at: datetime | None = None,
    author_id: uuid.UUID | None = None,
) -> tuple[Award, bool]:
    """Give something in kind; returns (award, is new). The same `key` gives once, for ever.

    `pending`: nobody has it yet and no code is taken. `available_at` says when it is due (null:
    until `make_available` is called). A list without a code left does not fail the caller, which
    may be an order: the award waits, and is served when codes are imported.
    """
    award = Award(
        id=uuid7(),
        profile=profile,
        kind=what.kind,
        origin=origin,
        source=source,
        tier=tier,
        gift_type=gift_type,
        key=key,
        name=what.name,
        description=what.description,
        value=what.value,
        currency=what.currency,
        code_list=what.code_list,
        valid_days=what.valid_days,
        state=AwardState.PENDING,
        author_id=author_id,
        granted_at=now,
        available_at=available_at,
    )
    if not insert_if_absent([award]):
        return Award.objects.get(key=key), False
    if not pending:
        _serve(award, now)
    return award, True


@atomic_with_retry
def make_available(*, award_id: uuid.UUID, now: datetime) -> Award:
    """What was pending can be used now; available, handed over or cancelled stays what it is."""
    award = _locked(award_id)
    if award.state == AwardState.PENDING:
        _serve(award, now)
    return award


@atomic_with_retry
def hold(*, award_id: uuid.UUID, available_at: datetime | None) -> Award:
    """Give a pending award another date, or none: it waits until somebody decides.

    Without a date it waits for no code either: one that arrives must not hand it out.
    """
    award = _locked(award_id)
    free = available_at is None or not award.waits_for_code
    if award.state == AwardState.PENDING and free:
        award.available_at, award.waits_for_code = available_at, False
        award.save(update_fields=["available_at", "waits_for_code"])
    return award


@atomic_with_retry
def hand_over(*, award_id: uuid.UUID, now: datetime, at: datetime | None = None) -> Award:
    """Say that the person has it, since `at`. Twice is once; a cancelled one is refused."""
    award = _locked(award_id)
    if award.state == AwardState.HANDED_OVER:
        return award
    if award.state == AwardState.PENDING:
        raise AwardPendingError
    if award.state != AwardState.AVAILABLE:
        raise AwardClosedError
    award.state, award.handed_over_at = AwardState.HANDED_OVER, at or now
    award.save(update_fields=["state", "handed_over_at"])
    return award


@atomic_with_retry
def undo_hand_over(*, award_id: uuid.UUID) -> Award:
    """Take back a hand-over that was noted by mistake."""
    award = _locked(award_id)
    if award.state == AwardState.HANDED_OVER:
        award.state, award.handed_over_at = AwardState.AVAILABLE, None
        award.save(update_fields=["state", "handed_over_at"])
    return award


@atomic_with_retry
def cancel(*, award_id: uuid.UUID, now: datetime) -> tuple[Award, bool]:
    """Withdraw what was not handed over; returns (award, was it this call). Its key stays taken,
    and its code is not given to anybody else."""
    award = _locked(award_id)
    if award.state == AwardState.HANDED_OVER:
        raise AwardClosedError
    if award.state == AwardState.CANCELLED:
        return award, False
    award.state, award.cancelled_at, award.waits_for_code = AwardState.CANCELLED, now, False
    award.save(update_fields=["state", "cancelled_at", "waits_for_code"])
    return award, True


def waiting_for_code(*, code_list_id: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """The awards that a list without codes keeps waiting, the oldest first."""
    rows = Award.objects.filter(
        waits_for_code=True, code_list_id=code_list_id, state=AwardState.PENDING
    )
    return list(rows.order_by("granted_at", "id").values_list("id", flat=True)[:limit])


def due(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """The pending awards whose date has come."""
    rows = Award.objects.filter(
        state=AwardState.PENDING, available_at__lte=now, waits_for_code=False
    )
    return list(rows.order_by("available_at").values_list("id", flat=True)[:limit])


def _serve(award: Award, now: datetime) -> None:
    if award.kind in _CODED or award.code_list_id:
        try:
            award.code = take_code(code_list=award.code_list, taken_by=f"award:{award.id}", now=now)
        except NoCodeLeftError:
            award.waits_for_code = True
            award.save(update_fields=["waits_for_code"])
            return
    award.state, award.available_at, award.waits_for_code = AwardState.AVAILABLE, now, False
    if award.valid_days is not None:
        award.valid_until = end_of_day(now, days=award.valid_days)
    award.save(update_fields=["state", "available_at", "waits_for_code", "code", "valid_until"])


def _locked(award_id: uuid.UUID) -> Award:
    rows = Award.objects.select_for_update(of=("self",)).select_related(
        "profile", "code_list", "tier"
    )
    award = rows.filter(id=award_id).first()
    if award is None:
        raise UnknownAwardError
    return award
