"""Promising, posting and reversing what a referral grants.

Whoever locks several of these does so in one order: referral, its rewards by id, the wallets.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from kernel.db import insert
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallets
from kernel.money import Amount
from tenants.activity.models import Order, OrderState
from tenants.profiles.models import Profile
from tenants.programme import decisions, notices
from tenants.programme.dates import local, months_after
from tenants.programme.decisions import Code
from tenants.programme.models import ProgrammeVersion, Reward, RewardState, Side
from tenants.programme.tiers import settle_tiers
from tenants.referrals import services as referrals
from tenants.referrals.models import Referral, ReferralState


def promise(
    *, referral: Referral, order: Order | None, version: ProgrammeVersion, now: datetime
) -> list[Reward]:
    """Grant both sides what the rules say, pending until the delay has passed.

    What only a browser reported has no date: it waits for a trusted source.
    """
    confirmed = order is None or order.state != OrderState.REPORTED
    due_at = _due(version, now) if confirmed else None
    parts = _parts(referral=referral, version=version, now=now)
    transfers = ledger.issue_pending(
        promises=[
            ledger.Promise(
                owner_id=profile.id,
                amount=amount,
                reason=f"referral_{side}",
                source=f"referral:{referral.id}",
                key=f"referral:{referral.id}:{side}",
                due_at=due_at,
            )
            for side, profile, amount in parts
        ],
        unit=version.unit,
        now=now,
    )
    rewards = [
        Reward(
            referral=referral,
            order=order,
            profile=profile,
            side=side,
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
    insert(
        [
            decisions.build(
                code=Code.REWARD_PROMISED if confirmed else Code.REWARD_UNCONFIRMED,
                now=now,
                profile=reward.profile,
                order=order,
                referral=referral,
                version=version,
                amount=reward.amount,
                unit=reward.unit,
                side=reward.side,
                due_at=due_at.isoformat() if due_at else None,
            )
            for reward in rewards
        ]
    )
    return rewards


def announce(*, referral: Referral, rewards: list[Reward], now: datetime) -> list[Reward]:
    """Tell both sides what they were promised; returns the rewards as they are now.

    What has no delay to wait for is posted here, and told once: that it is there.
    """
    due = [reward for reward in rewards if reward.due_at is not None and reward.due_at <= now]
    posted = {reward.id: post(transfer_id=reward.transfer_id, now=now) for reward in due}
    later = [reward for reward in rewards if reward.id not in posted]
    notices.rewards_promised(referral=referral, rewards=later, now=now)
    if posted:
        referral.refresh_from_db(fields=["state", "decided_at"])
    return [posted.get(reward.id) or reward for reward in rewards]


def start_delay(*, order: Order, now: datetime) -> None:
    """The order is confirmed now: what it earned gets its date."""
    for reward in _locked(order=order, state=RewardState.PENDING):
        due_at = _due(reward.version, now)
        ledger.set_due(pending_id=reward.transfer_id, due_at=due_at)
        reward.due_at = due_at
        reward.save(update_fields=["due_at"])
        decisions.note(
            code=Code.ORDER_CONFIRMED,
            now=now,
            profile=reward.profile,
            order=order,
            referral=reward.referral,
            version=reward.version,
            amount=reward.amount - reward.reversed,
            unit=reward.unit,
            side=reward.side,
            due_at=due_at.isoformat(),
        )


def post(*, transfer_id: uuid.UUID, now: datetime) -> Reward | None:
    """Make a due reward definitive; None when somebody else just did, or it was taken back."""
    pending = Reward.objects.filter(transfer_id=transfer_id, state=RewardState.PENDING)
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .filter(id__in=pending.values("referral_id"))
        .first()
    )
    reward = (
        pending.select_for_update(of=("self",))
        .select_related("profile", "referral__referee", "referral__referrer", "version", "order")
        .first()
    )
    if referral is None or reward is None:
        return None
    # The time to spend it starts now, also where the order was confirmed late.
    expires_at = months_after(now, reward.version.expiry_months)
    ledger.post(pending_id=transfer_id, now=now, expires_at=expires_at)
    reward.state, reward.posted_at = RewardState.POSTED, now
    reward.save(update_fields=["state", "posted_at"])
    if referral.state == ReferralState.PENDING:
        referrals.settle(referral=referral, state=ReferralState.VALIDATED, now=now)
    decisions.note(
        code=Code.REWARD_POSTED,
        now=now,
        profile=reward.profile,
        order=reward.order,
        referral=referral,
        version=reward.version,
        amount=reward.amount - reward.reversed,
        unit=reward.unit,
        side=reward.side,
    )
    notices.reward_posted(reward=reward, now=now)
    settle_tiers(profile_ids=[reward.profile_id], now=now)
    return reward


def take_back(
    *,
    order: Order,
    refunded: int,
    total: int,
    source: str,
    now: datetime,
    code: str = Code.REWARD_REVERSED,
) -> None:
    """Reverse what an order granted, in the proportion in which it was refunded so far.

    `refunded` of `total` cents have been given back in all: what was reversed before counts.
    """
    rewards = [reward for reward in _locked(order=order) if reward.state != RewardState.CANCELLED]
    for unit in {reward.unit for reward in rewards}:
        # All wallets at once, in the order in which everybody locks them.
        lock_wallets(owner_ids=[r.profile_id for r in rewards if r.unit == unit], unit=unit)
    for reward in rewards:
        target = Amount(reward.amount, reward.unit).share(part=refunded, whole=total).value
        if refunded == total:
            target = reward.amount
        part = target - reward.reversed
        if part <= 0:
            continue
        ledger.reverse(
            transfer_id=reward.transfer_id,
            amount=part,
            reason="order_refunded",
            source=source,
            key=f"{source}:{reward.id}",
            now=now,
        )
        reward.reversed += part
        if reward.reversed == reward.amount:
            reward.state = RewardState.CANCELLED
        reward.save(update_fields=["reversed", "state"])
        decisions.note(
            code=code,
            now=now,
            profile=reward.profile,
            order=order,
            referral=reward.referral,
            version=reward.version,
            amount=part,
            unit=reward.unit,
            side=reward.side,
        )
        # A promise that only a browser spoke of was told to nobody; its end is not either.
        if code != Code.SUPERSEDED:
            notices.reward_reversed(reward=reward, amount=part, source=source, now=now)


def _locked(*, order: Order, **conditions: Any) -> list[Reward]:
    list(Referral.objects.select_for_update().filter(order=order).order_by("id").values_list("id"))
    return list(
        Reward.objects.select_for_update(of=("self",))
        .select_related("profile", "version", "referral__referee", "referral__referrer")
        .filter(order=order, **conditions)
        .order_by("id")
    )


def _parts(
    *, referral: Referral, version: ProgrammeVersion, now: datetime
) -> list[tuple[Side, Profile, int]]:
    parts: list[tuple[Side, Profile, int]] = []
    referrer = referral.referrer
    if referrer is not None and version.referrer_amount:
        if _within_limit(referrer, version, now):
            parts.append((Side.REFERRER, referrer, version.referrer_amount))
        else:
            decisions.note(
                code=Code.YEARLY_LIMIT,
                now=now,
                profile=referrer,
                order=referral.order,
                referral=referral,
                version=version,
                limit=version.referrals_a_year,
            )
    if version.referee_amount:
        parts.append((Side.REFEREE, referral.referee, version.referee_amount))
    return parts


def _within_limit(referrer: Profile, version: ProgrammeVersion, now: datetime) -> bool:
    if version.referrals_a_year is None:
        return True
    # The referrer's row is locked by whoever counts, so that two orders at once count right.
    Profile.objects.select_for_update().get(id=referrer.id)
    rewarded = Reward.objects.filter(
        profile=referrer, side=Side.REFERRER, granted_at__gt=now - timedelta(days=365)
    ).exclude(state=RewardState.CANCELLED)
    return rewarded.count() < version.referrals_a_year


def _due(version: ProgrammeVersion, now: datetime) -> datetime:
    """So many of the merchant's days later, at the same time of day (R11)."""
    return local(now) + timedelta(days=version.pending_days)
