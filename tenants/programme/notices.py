"""Which emails a programme's events send. Words and looks live with the messaging."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tenants.context import current_tenant
from tenants.messaging import services as messaging
from tenants.messaging.unsubscribing import forget_recipients
from tenants.profiles.models import Profile
from tenants.programme import promises
from tenants.programme.models import (
    ProgrammeVersion,
    Qualifying,
    Reward,
    RewardRule,
    Side,
    Trigger,
)
from tenants.referrals.models import Invitation, Referral
from tenants.rewards.models import Award, Claim, PrizeKind
from tenants.rewards.models.prizes import CODE_KINDS


def invitation_sent(
    *,
    invitation: Invitation,
    code: str,
    version: ProgrammeVersion,
    now: datetime,
    coupon: Award | None = None,
) -> None:
    """SP-09: the referee's email, in the referrer's name. Used once (D7).

    With a `coupon` it brings what the referee gets for nothing but having been named (SP-14).
    """
    trigger = promises.main_trigger(version)
    gift = next((r.name for r in promises.in_kind(version, trigger=trigger) if _theirs(r)), "")
    until = coupon.valid_until if coupon is not None else None
    messaging.queue(
        kind="invitation",
        to=invitation.email,
        key=f"invitation:{invitation.id}",
        language=invitation.referrer.language,
        now=now,
        context={
            "referrer": invitation.referrer.name,
            "first_name": invitation.first_name,
            "code": code,
            "invitation": invitation.public_id,
            "amount": promises.amount(version, side=Side.REFEREE, trigger=trigger),
            "unit": version.unit,
            "minimum_order": version.minimum_order,
            "minimum_order_unit": current_tenant().currency,
            "for_account": trigger == Trigger.ACCOUNT,
            "for_session": version.qualifying != Qualifying.ORDER,
            "reward": coupon.name if coupon is not None else gift,
            "coupon": coupon.code if coupon is not None else "",
            "expires_at": until.isoformat() if until else None,
        },
    )


def _theirs(rule: RewardRule) -> bool:
    return rule.side == Side.REFEREE


def invitations_forgotten(*, ids: Iterable[uuid.UUID]) -> None:
    """D7: a friend's address goes from the emails as well, with what was written to them."""
    kinds = ("invitation", "reminder:invitation", "coupon")
    forget_recipients(keys=[f"{kind}:{number}" for number in ids for kind in kinds])


def referrer_welcomed(*, referrer: Profile, code: str, now: datetime) -> None:
    """SP-08: after inviting, the referrer receives an email that opens their cagnotte."""
    messaging.queue(
        kind="cagnotte_opened",
        to=referrer.email,
        key=f"cagnotte-opened:{referrer.id}",
        profile=referrer,
        language=referrer.language,
        now=now,
        context={"first_name": referrer.first_name, "code": code},
    )


def rewards_promised(
    *, referral: Referral, rewards: list[Reward], now: datetime, of_new: bool = False
) -> None:
    """Both sides learn what is on its way, and when it comes. `of_new`: as in `queue_all`."""
    drafts = [
        _about_reward(
            reward,
            kind=f"reward_promised_{reward.side}",
            key=f"reward-promised:{reward.id}",
            amount=reward.amount,
            referrer=referral.referrer.short_name if referral.referrer else "",
            due_at=reward.due_at.isoformat() if reward.due_at else None,
        )
        for reward in rewards
    ]
    messaging.queue_all(drafts=drafts, now=now, of_new=of_new)


def reward_posted(*, reward: Reward, now: datetime) -> None:
    """The amount can be spent now; `at_once` where there was no delay to wait for."""
    referrer = reward.referral.referrer
    draft = _about_reward(
        reward,
        kind="reward_posted",
        key=f"reward-posted:{reward.id}",
        amount=reward.amount - reward.reversed,
        at_once=reward.due_at is not None and reward.due_at <= reward.granted_at,
        referrer=referrer.short_name if referrer else "",
    )
    messaging.queue_all(drafts=[draft], now=now)


def reward_reversed(
    *, reward: Reward, amount: int, source: str, now: datetime, cause: str = "order"
) -> None:
    """A refund, or the merchant, took back what was granted: said, never silent (S5)."""
    draft = _about_reward(
        reward,
        kind="reward_reversed",
        key=f"reward-reversed:{reward.id}:{source}",
        amount=amount,
        by_hand=cause in ("hand", "closed"),
    )
    messaging.queue_all(drafts=[draft], now=now)


def prize_claimed(*, claim: Claim, now: datetime) -> None:
    """What was claimed, and the code to show, or to use where it is a voucher."""
    profile = claim.profile
    messaging.queue(
        kind="prize_claimed",
        to=profile.email,
        key=f"prize-claimed:{claim.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={
            "first_name": profile.first_name,
            "prize": claim.prize_name,
            # What is posted needs no code: nobody shows one to a letter box.
            "code": "" if claim.kind == PrizeKind.POST else claim.code,
            "posted": claim.kind == PrizeKind.POST,
            "usable": claim.kind in CODE_KINDS,
            "partner": claim.prize.partner_name,
            "expires_at": claim.valid_until.isoformat() if claim.valid_until else None,
        },
    )


def claim_cancelled(*, claim: Claim, now: datetime) -> None:
    """What came back, and that there is nothing to do."""
    profile = claim.profile
    messaging.queue(
        kind="claim_cancelled",
        to=profile.email,
        key=f"claim-cancelled:{claim.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={
            "first_name": profile.first_name,
            "prize": claim.prize_name,
            "amount": claim.cost,
            "unit": claim.unit,
        },
    )


def _about_reward(
    reward: Reward, *, kind: str, key: str, amount: int, **more: Any
) -> messaging.Draft:
    return messaging.Draft(
        kind=kind,
        to=reward.profile.email,
        key=key,
        profile=reward.profile,
        language=reward.profile.language,
        context={
            "first_name": reward.profile.first_name,
            "referee": reward.referral.referee.short_name,
            "side": reward.side,
            "for_account": reward.trigger == Trigger.ACCOUNT,
            "for_session": reward.referral.session_id is not None,
            "amount": amount,
            "unit": reward.unit,
            **more,
        },
    )
