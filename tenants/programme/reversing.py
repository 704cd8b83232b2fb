"""Taking back what a referral granted: after a refund, by hand, or because it was closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallets
from kernel.money import Amount
from tenants.activity.models import Order, Session
from tenants.programme import decisions, granting, notices
from tenants.programme.decisions import Code
from tenants.programme.models import Reward, RewardState, Trigger
from tenants.programme.rewarding import lock_referrals
from tenants.referrals import services as referrals
from tenants.referrals.models import OPEN_STATES, Referral, ReferralState
from tenants.rewards.models import AwardState


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
    for reward in _locked(order=order):
        target = Amount(reward.amount, reward.unit).share(part=refunded, whole=total).value
        if refunded == total:
            target = reward.amount
        part = target - reward.reversed
        if part > 0:
            _reverse(reward, part, source=source, now=now, code=code)
    if refunded == total:  # a gift has no half: it goes with the last of the money
        told = code != Code.SUPERSEDED
        rows = Referral.objects.select_for_update().filter(order=order, facts__has_key="gifts")
        for referral in rows.order_by("id"):
            granting.take_back(referral=referral, trigger=Trigger.QUALIFYING, told=told, now=now)


def session_cancelled(*, session: Session, now: datetime) -> None:
    """A session that counted does not take place: what it granted is taken back, once.

    A referral that still waits for its session goes on waiting for the next one.
    """
    waiting = Referral.objects.filter(session=session, awaits_fact=True, state__in=OPEN_STATES)
    waiting.update(session=None)
    counted = Referral.objects.filter(session=session, state__in=OPEN_STATES)
    for referral in counted.select_for_update(of=("self",)).select_related("referee"):
        for reward in _locked(referral=referral, trigger=Trigger.QUALIFYING):
            _reverse(
                reward,
                reward.amount - reward.reversed,
                source=f"session:{session.id}",
                now=now,
                cause="session",
            )
        granting.take_back(referral=referral, trigger=Trigger.QUALIFYING, now=now)
        end(referral=referral, now=now)


def take_back_all(*, referral: Referral, now: datetime) -> None:
    """The merchant removes a referral: everything that both sides got is reversed."""
    for reward in _locked(referral=referral):
        _reverse(
            reward,
            reward.amount - reward.reversed,
            source=f"referral:{referral.id}",
            key=f"removed:{reward.id}",
            reason="referral_removed",
            now=now,
            cause="hand",
            noted=False,
        )
    granting.take_back(referral=referral, now=now)


def cancel_pending(*, referral: Referral, now: datetime) -> None:
    """The merchant closes a referral, or refuses a suspect one: what waits is given up, and what
    was given stays."""
    for reward in _locked(referral=referral, state=RewardState.PENDING):
        _reverse(
            reward,
            reward.amount - reward.reversed,
            source=f"referral:{referral.id}",
            # It may be opened and closed again: each time is a promise of its own.
            key=f"closed:{reward.transfer_id}",
            reason="referral_closed",
            now=now,
            cause="closed",
            noted=False,
        )
    granting.take_back(referral=referral, pending_only=True, now=now)


def end(*, referral: Referral, now: datetime) -> None:
    """The fact of a referral is undone. What an account alone granted stands, and the referral
    with it; else it is over."""
    left = Reward.objects.filter(referral=referral).exclude(state=RewardState.CANCELLED)
    states = set(left.values_list("state", flat=True))
    # A gift that was handed over cannot be taken back, and does not make the referral count.
    gifts = granting.stands(granting.awards_of(referral=referral))
    kept = {gift.state for gift in gifts if gift.state != AwardState.HANDED_OVER}
    state = ReferralState.REVERSED
    if states or kept:
        given = RewardState.POSTED in states or AwardState.AVAILABLE in kept
        state = ReferralState.VALIDATED if given else ReferralState.PENDING
        waits = RewardState.PENDING in states or AwardState.PENDING in kept
        if referral.state == ReferralState.HELD and waits:
            state = ReferralState.HELD  # somebody still has to look at the rest
    referrals.settle(referral=referral, state=state, now=now)


def _locked(**conditions: Any) -> list[Reward]:
    """Rewards with all their wallets, in the order in which everybody locks them."""
    lock_referrals(Reward.objects.filter(**conditions))
    rewards = list(
        Reward.objects.select_for_update(of=("self",))
        .select_related("profile", "version", "order", "referral__referee", "referral__referrer")
        .filter(**conditions)
        .exclude(state=RewardState.CANCELLED)
        .order_by("id")
    )
    for unit in sorted({reward.unit for reward in rewards}):
        lock_wallets(owner_ids=_owners(rewards, unit), unit=unit)
    return rewards


def _owners(rewards: Iterable[Reward], unit: str) -> list[Any]:
    return [reward.profile_id for reward in rewards if reward.unit == unit]


def _reverse(
    reward: Reward,
    part: int,
    *,
    source: str,
    now: datetime,
    code: str = Code.REWARD_REVERSED,
    cause: str = "order",
    reason: str = "order_refunded",
    key: str = "",
    noted: bool = True,
) -> None:
    ledger.reverse(
        transfer_id=reward.transfer_id,
        amount=part,
        reason="session_cancelled" if cause == "session" else reason,
        source=source,
        key=key or f"{source}:{reward.id}",
        now=now,
    )
    reward.reversed += part
    if reward.reversed == reward.amount:
        reward.state = RewardState.CANCELLED
    reward.save(update_fields=["reversed", "state"])
    if noted:
        decisions.note(
            code=code,
            now=now,
            profile=reward.profile,
            order=reward.order,
            referral=reward.referral,
            version=reward.version,
            amount=part,
            unit=reward.unit,
            side=reward.side,
            cause=cause,
        )
    # A promise that only a browser spoke of, or that somebody had to look at first, was told to
    # nobody; its end is not either.
    told = reward.due_at is not None or reward.posted_at is not None
    if code != Code.SUPERSEDED and told:
        notices.reward_reversed(reward=reward, amount=part, source=source, now=now, cause=cause)
