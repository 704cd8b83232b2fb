"""Writing down why something was granted or refused."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec

from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.programme.models import Decision, ProgrammeVersion
from tenants.referrals.models import Referral

P = ParamSpec("P")


class Code:
    """Every reason there is. `sentences` has words for each, for each reader."""

    REFUSED = "refused"  # the referral's own refusal says why
    REWARD_PROMISED = "reward_promised"
    REWARD_UNCONFIRMED = "reward_unconfirmed"
    REWARD_HELD = "reward_held"  # somebody has to look at the referral first
    REFERRAL_KNOWN = "referral_known"  # before what makes it count
    FACT_TOO_SMALL = "fact_too_small"
    ORDER_CONFIRMED = "order_confirmed"
    REWARD_POSTED = "reward_posted"
    REWARD_REVERSED = "reward_reversed"
    YEARLY_LIMIT = "yearly_limit"
    SUPERSEDED = "superseded"
    ADDED_BY_HAND = "added_by_hand"
    REMOVED_BY_HAND = "removed_by_hand"
    CLOSED_BY_HAND = "closed_by_hand"
    REOPENED_BY_HAND = "reopened_by_hand"
    SUSPECTED = "suspected"
    SUSPICION_CLEARED = "suspicion_cleared"
    SUSPICION_REFUSED = "suspicion_refused"
    SUSPICION_AGAIN = "suspicion_again"  # a decision was taken back
    PRIZE_CLAIMED = "prize_claimed"
    CLAIM_CANCELLED = "claim_cancelled"
    GIFT_PROMISED = "gift_promised"
    GIFT_AVAILABLE = "gift_available"
    GIFT_CANCELLED = "gift_cancelled"
    AWARD_GIVEN = "award_given"
    AWARD_CANCELLED = "award_cancelled"
    ADJUSTED = "adjusted"
    MERGED = "merged"
    ERASED = "erased"
    EARNED = "earned"
    EARNED_NOTHING = "earned_nothing"
    NOT_A_MEMBER = "not_a_member"
    EARNING_REVERSED = "earning_reversed"
    EARNING_RESTORED = "earning_restored"
    RECALCULATED = "recalculated"
    POINTS_USED = "points_used"
    POINTS_REFUSED = "points_refused"
    POINTS_RETURNED = "points_returned"


def build(
    *,
    code: str,
    now: datetime,
    profile: Profile | None = None,
    order: Order | None = None,
    referral: Referral | None = None,
    version: ProgrammeVersion | None = None,
    amount: int = 0,
    unit: str = "",
    author_id: uuid.UUID | None = None,
    **facts: Any,
) -> Decision:
    """A decision for `kernel.db.insert`; `note` takes the same and writes it at once.

    `facts` are plain values; people are named by the foreign keys.
    """
    return Decision(
        code=code,
        decided_at=now,
        profile=profile,
        order=order,
        referral=referral,
        version=version,
        amount=amount,
        unit=unit,
        author_id=author_id,
        facts=facts,
    )


def _written(make: Callable[P, Decision]) -> Callable[P, Decision]:
    """The same function, whose decision is appended at once."""

    def write(*args: P.args, **kwargs: P.kwargs) -> Decision:
        decision = make(*args, **kwargs)
        decision.save(force_insert=True)
        return decision

    return write


note = _written(build)
