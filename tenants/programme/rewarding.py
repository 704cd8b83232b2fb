"""Promising what a referral grants, and making it definitive. `reversing` takes it back.

Whoever locks several of these does so in one order: referral, its rewards by id, the wallets.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kernel.db import insert
from kernel.ledger import services as ledger
from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.programme import dates, decisions, notices, promises
from tenants.programme.decisions import Code
from tenants.programme.models import ProgrammeVersion, Reward, RewardState, Side, Trigger
from tenants.programme.tiers import settle_tiers
from tenants.referrals import services as referrals
from tenants.referrals.facts import Fact
from tenants.referrals.models import Referral, ReferralState


def promise(
    *,
    referral: Referral,
    fact: Fact,
    version: ProgrammeVersion,
    now: datetime,
    trigger: Trigger = Trigger.QUALIFYING,
    at_once: bool = False,
    made_now: bool = False,
) -> list[Reward]:
    """Grant both sides what the rules say for this fact, pending until the delay has passed.

    What only a browser reported has no date: it waits for a trusted source. So has what a person
    has to look at first. `at_once` is the merchant's word that there is nothing to wait for;
    `made_now` says that this transaction made the referral.
    """
    dated = fact.confirmed and referral.state != ReferralState.HELD
    due_at = (now if at_once else promises.due(version, now)) if dated else None
    parts = _parts(referral=referral, version=version, trigger=trigger, now=now)
    suffix = "" if trigger == Trigger.QUALIFYING else f":{trigger}"
    transfers = ledger.issue_pending(
        promises=[
            ledger.Promise(
                owner_id=profile.id,
                amount=amount,
                reason=f"referral_{side}",
                source=f"referral:{referral.id}",
                key=f"referral:{referral.id}:{side}{suffix}",
                due_at=due_at,
            )
            for side, profile, amount in parts
        ],
        unit=version.unit,
        now=now,
        of_new=made_now,
    )
    rewards = [
        Reward(
            referral=referral,
            order=fact.order,
            profile=profile,
            side=side,
            trigger=trigger,
            version=version,
            amount=amount,
            unit=version.unit,
            transfer_id=transfer.id,
            due_at=due_at,
            granted_at=now,
        )
        for (side, profile, amount), transfer in zip(parts, transfers, strict=True)
    ]
    insert(rewards)
    code = _promise_code(fact=fact, referral=referral)
    insert([_explained(reward, code=code, now=now, fact=fact.kind.value) for reward in rewards])
    return rewards


def announce(
    *, referral: Referral, rewards: Sequence[Reward], now: datetime, of_new: bool = False
) -> list[Reward]:
    """Tell both sides what they were promised; returns the rewards as they are now.

    What has no delay to wait for is posted here, and told once: that it is there. While a person
    has to look at the referral first, nobody is told anything. `of_new`: these rewards are this
    transaction's own.
    """
    if referral.state == ReferralState.HELD:
        return list(rewards)
    due = [reward for reward in rewards if reward.due_at is not None and reward.due_at <= now]
    posted = {reward.id: post(transfer_id=reward.transfer_id, now=now) for reward in due}
    later = [reward for reward in rewards if reward.id not in posted]
    notices.rewards_promised(referral=referral, rewards=later, now=now, of_new=of_new)
    if posted:
        referral.refresh_from_db(fields=["state", "decided_at"])
    return [posted.get(reward.id) or reward for reward in rewards]


def start_delay(*, order: Order, now: datetime) -> None:
    """The order is confirmed now: what it earned gets its date, unless somebody must decide."""
    rows = pending_rewards(order=order).exclude(referral__state=ReferralState.HELD)
    for reward in rows:
        _date(reward, code=Code.ORDER_CONFIRMED, now=now)


def release(*, referral: Referral, now: datetime) -> list[Reward]:
    """Somebody looked at a held referral and found it good: its rewards get their date.

    The caller has set the state. What only a browser reported goes on waiting. Returns the
    rewards that the people can be told of: pass them to `announce`.
    """
    released = []
    for reward in pending_rewards(referral=referral).filter(due_at=None):
        if reward.order is None or reward.order.confirmed_at is not None:
            _date(reward, code=Code.REWARD_PROMISED, now=now)
            released.append(reward)
    return released


def post(*, transfer_id: uuid.UUID, now: datetime) -> Reward | None:
    """Make a due reward definitive; None when somebody else just did, or it was taken back."""
    waiting = Reward.objects.filter(transfer_id=transfer_id, state=RewardState.PENDING)
    found = waiting.values_list("referral_id", flat=True).first()
    if found is None:
        return None
    referral = Referral.objects.select_for_update().get(id=found)
    reward = (
        waiting.select_for_update(of=("self",))
        .select_related("profile", "referral__referee", "referral__referrer", "version", "order")
        .first()
    )
    if reward is None:
        return None
    # The time to spend it starts now, also where the order was confirmed late.
    ledger.post(
        pending_id=transfer_id,
        now=now,
        expires_at=dates.months_after(now, reward.version.expiry_months),
    )
    reward.state, reward.posted_at = RewardState.POSTED, now
    reward.save(update_fields=["state", "posted_at"])
    validate(referral=referral, now=now)
    insert([_explained(reward, code=Code.REWARD_POSTED, now=now, referral=referral)])
    notices.reward_posted(reward=reward, now=now)
    settle_tiers(profile_ids=[reward.profile_id], now=now)
    return reward


def validate(*, referral: Referral, now: datetime) -> None:
    """Something of a locked referral is definitive: it counts, unless it was settled otherwise."""
    if referral.state == ReferralState.PENDING:
        referrals.settle(referral=referral, state=ReferralState.VALIDATED, now=now)


def pending_rewards(**conditions: Any) -> QuerySet[Reward]:
    """The rewards that still wait, locked after their referral, with what explains them."""
    lock_referrals(Reward.objects.filter(state=RewardState.PENDING, **conditions))
    return (
        Reward.objects.select_for_update(of=("self",))
        .select_related("profile", "version", "order", "referral__referee", "referral__referrer")
        .filter(state=RewardState.PENDING, **conditions)
        .order_by("id")
    )


def lock_referrals(rewards: QuerySet[Reward]) -> None:
    """Lock the referrals of these rewards, before anybody locks the rewards."""
    rows = Referral.objects.select_for_update().filter(id__in=rewards.values("referral_id"))
    list(rows.order_by("id").values_list("id"))


def _promise_code(*, fact: Fact, referral: Referral) -> str:
    if referral.state == ReferralState.HELD:
        return Code.REWARD_HELD
    return Code.REWARD_PROMISED if fact.confirmed else Code.REWARD_UNCONFIRMED


def _date(reward: Reward, *, code: str, now: datetime) -> None:
    due_at = promises.due(reward.version, now)
    ledger.set_due(pending_id=reward.transfer_id, due_at=due_at)
    reward.due_at = due_at
    reward.save(update_fields=["due_at"])
    insert([_explained(reward, code=code, now=now)])


def _explained(
    reward: Reward, *, code: str, now: datetime, referral: Referral | None = None, **facts: Any
) -> Any:
    return decisions.build(
        code=code,
        now=now,
        profile=reward.profile,
        order=reward.order,
        referral=referral or reward.referral,
        version=reward.version,
        amount=reward.amount - reward.reversed,
        unit=reward.unit,
        side=reward.side,
        trigger=reward.trigger,
        due_at=reward.due_at.isoformat() if reward.due_at else None,
        **facts,
    )


def _parts(
    *, referral: Referral, version: ProgrammeVersion, trigger: Trigger, now: datetime
) -> list[tuple[Side, Profile, int]]:
    parts: list[tuple[Side, Profile, int]] = []
    people = ((Side.REFERRER, referral.referrer), (Side.REFEREE, referral.referee))
    for side, profile in people:
        amount = promises.amount(version, side=side, trigger=trigger)
        if amount and profile is not None and allowed(referral, side, version, now):
            parts.append((side, profile, amount))
    return parts


def allowed(referral: Referral, side: Side, version: ProgrammeVersion, now: datetime) -> bool:
    """Whether the yearly limit leaves room for this side's reward; says so where it does not."""
    referrer = referral.referrer
    if side == Side.REFEREE or referrer is None:
        return True
    if promises.within_limit(referrer=referrer, referral=referral, version=version, now=now):
        return True
    decisions.note(
        code=Code.YEARLY_LIMIT,
        now=now,
        profile=referrer,
        order=referral.order,
        referral=referral,
        version=version,
        limit=version.referrals_a_year,
    )
    return False
