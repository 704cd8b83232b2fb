"""Claiming prizes, sending, handing over, cancelling."""

import uuid
from datetime import datetime

from django.db.models import F

from kernel.db import atomic_with_retry
from kernel.ids import uuid7
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallet
from kernel.ledger.errors import KeyReusedError
from tenants.profiles.models import Profile
from tenants.rewards import addresses
from tenants.rewards.days import end_of_day, start_of
from tenants.rewards.errors import (
    ClaimClosedError,
    OutOfStockError,
    PrizeChangedError,
    PrizeLimitReachedError,
    PrizeOutOfSeasonError,
    PrizeUnavailableError,
    UnknownClaimError,
    UnknownPrizeError,
)
from tenants.rewards.giving_codes import NoCodeLeftError, take_code
from tenants.rewards.models import Claim, ClaimState, Prize, PrizeKind
from tenants.rewards.models.prizes import CODE_KINDS
from tenants.rewards.prizes import in_season

OPEN = (ClaimState.CLAIMED, ClaimState.SENT)


@atomic_with_retry
def claim(
    *,
    profile: Profile,
    prize_id: uuid.UUID,
    key: str,
    now: datetime,
    address: dict[str, str] | None = None,
    cost_shown: int | None = None,
) -> tuple[Claim, bool]:
    """Take a prize: balance, stock, code and claim change in one step; returns (claim, is new).

    The same `key` answers the same claim, and is refused for another prize (KeyReusedError).
    `address` is for prizes that are posted; `cost_shown` is what the person agreed to pay. Raises
    InsufficientBalanceError or one of `rewards.errors`, and then nothing has changed.
    """
    # The wallet first, then the prize, then its code: every claim takes its locks in this order.
    # One person's claims thus come one by one, which is what their limit counts on.
    unit = Prize.objects.filter(id=prize_id).values_list("unit", flat=True).first()
    if unit is None:
        raise UnknownPrizeError
    lock_wallet(owner_id=profile.id, unit=unit)
    earlier = Claim.objects.filter(key=key, profile=profile).first()
    if earlier is not None:
        if earlier.prize_id != prize_id:
            raise KeyReusedError
        return earlier, False
    prize = Prize.objects.select_related("code_list").get(id=prize_id)
    _check(prize, profile, now=now, cost_shown=cost_shown)
    posted_to = addresses.checked(address) if prize.kind == PrizeKind.POST else {}
    claim_id = uuid7()
    transfer = ledger.redeem(
        owner_id=profile.id,
        unit=prize.unit,
        amount=prize.cost,
        reason="prize_claimed",
        source=f"claim:{claim_id}",
        key=f"claim:{key}",
        now=now,
    )
    _take_one(prize)
    try:
        code = take_code(code_list=prize.code_list, taken_by=f"claim:{claim_id}", now=now)
    except NoCodeLeftError:
        raise OutOfStockError from None
    row = _new(prize, profile, now=now)
    row.id, row.key, row.code, row.address = claim_id, key, code, posted_to
    row.transfer_id = transfer.id
    row.save(force_insert=True)
    return row, True


@atomic_with_retry
def mark_sent(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """Say that a prize is on its way. Twice is once; what is closed is refused."""
    row = _locked(claim_id)
    if row.state == ClaimState.CLAIMED:
        row.state, row.sent_at = ClaimState.SENT, now
        row.save(update_fields=["state", "sent_at"])
    elif row.state != ClaimState.SENT:
        raise ClaimClosedError
    return row


@atomic_with_retry
def undo_sent(*, claim_id: uuid.UUID) -> Claim:
    """Take back a dispatch that was noted by mistake."""
    row = _locked(claim_id)
    if row.state == ClaimState.SENT:
        row.state, row.sent_at = ClaimState.CLAIMED, None
        row.save(update_fields=["state", "sent_at"])
    return row


@atomic_with_retry
def hand_over(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """Say that the customer has the prize."""
    row = _locked(claim_id)
    if row.state not in OPEN:
        raise ClaimClosedError
    row.state, row.handed_over_at = ClaimState.HANDED_OVER, now
    row.save(update_fields=["state", "handed_over_at"])
    return row


@atomic_with_retry
def undo_hand_over(*, claim_id: uuid.UUID) -> Claim:
    """Take back a hand-over that was noted by mistake; what had been sent is sent again."""
    row = _locked(claim_id)
    if row.state == ClaimState.HANDED_OVER:
        row.state = ClaimState.SENT if row.sent_at else ClaimState.CLAIMED
        row.handed_over_at = None
        row.save(update_fields=["state", "handed_over_at"])
    return row


@atomic_with_retry
def cancel(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """Cancel a claim: the customer gets the cost back, and the stock its piece.

    What was handed over is refused, except a code, which only the merchant's shop knows to be
    used. A code of a list is not given to anybody else: somebody has read it.
    """
    row = _locked(claim_id)
    if row.state not in OPEN and not (
        row.state == ClaimState.HANDED_OVER and row.kind in CODE_KINDS
    ):
        raise ClaimClosedError
    ledger.reverse(
        transfer_id=row.transfer_id,
        amount=row.cost,
        reason="claim_cancelled",
        source=f"claim:{row.id}",
        key=f"claim-cancelled:{row.id}",
        now=now,
    )
    Prize.objects.filter(id=row.prize_id, stock__isnull=False).update(stock=F("stock") + 1)
    row.state, row.cancelled_at, row.handed_over_at = ClaimState.CANCELLED, now, None
    row.save(update_fields=["state", "cancelled_at", "handed_over_at"])
    return row


def _new(prize: Prize, profile: Profile, *, now: datetime) -> Claim:
    """A claim as the prize stands now: what the merchant changes later does not reach it."""
    given = prize.kind in CODE_KINDS  # the code is the prize: there is nothing to prepare
    return Claim(
        prize=prize,
        profile=profile,
        prize_name=prize.name,
        cost=prize.cost,
        unit=prize.unit,
        kind=prize.kind,
        value=prize.value,
        claimed_at=now,
        valid_until=end_of_day(now, days=prize.valid_days) if prize.valid_days else None,
        state=ClaimState.HANDED_OVER if given else ClaimState.CLAIMED,
        handed_over_at=now if given else None,
    )


def _check(prize: Prize, profile: Profile, *, now: datetime, cost_shown: int | None) -> None:
    if not prize.active:
        raise PrizeUnavailableError
    if not in_season(prize, now=now):
        raise PrizeOutOfSeasonError
    if prize.per_person is not None and taken(prize, profile) >= prize.per_person:
        raise PrizeLimitReachedError
    if cost_shown is not None and cost_shown != prize.cost:
        raise PrizeChangedError


def taken(prize: Prize, profile: Profile) -> int:
    """How often a person has this prize; where it has a season, since that began."""
    rows = Claim.objects.filter(prize=prize, profile=profile).exclude(state=ClaimState.CANCELLED)
    if prize.starts_on is not None:
        rows = rows.filter(claimed_at__gte=start_of(prize.starts_on))
    return rows.count()


def _take_one(prize: Prize) -> None:
    """One piece less, as the last lock but the code's: the row that everybody waits for."""
    if prize.stock is None:
        return
    left = Prize.objects.filter(id=prize.id, stock__gt=0).update(stock=F("stock") - 1)
    # A stock that the merchant has just taken away is no limit any more.
    if not left and not Prize.objects.filter(id=prize.id, stock__isnull=True).exists():
        raise OutOfStockError


def _locked(claim_id: uuid.UUID) -> Claim:
    row = Claim.objects.select_for_update().filter(id=claim_id).first()
    if row is None:
        raise UnknownClaimError
    return row
