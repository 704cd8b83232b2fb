"""Which emails a referral's gifts send. That one can be used is `reward_notices`' to say."""

from datetime import datetime

from tenants.messaging import services as messaging
from tenants.referrals.models import Invitation, Referral
from tenants.rewards.models import Award


def gift_promised(*, award: Award, referral: Referral, now: datetime) -> None:
    """Somebody is to receive a gift, when and thanks to whom."""
    profile = award.profile
    if profile is None:
        return
    for_referrer = profile.id == referral.referrer_id
    other = referral.referee if for_referrer else referral.referrer
    messaging.queue(
        kind="gift_promised",
        to=profile.email,
        key=f"gift-promised:{award.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={
            "first_name": profile.first_name,
            "reward": award.name,
            "side": "referrer" if for_referrer else "referee",
            "friend": other.short_name if other else "",
            "due_at": award.available_at.isoformat() if award.available_at else None,
        },
    )


def gift_cancelled(*, award: Award, now: datetime) -> None:
    """What was promised or given in kind is withdrawn: said, never silent (S5)."""
    profile = award.profile
    if profile is None:
        return
    messaging.queue(
        kind="gift_cancelled",
        to=profile.email,
        key=f"gift-cancelled:{award.id}",
        profile=profile,
        language=profile.language,
        now=now,
        context={"first_name": profile.first_name, "reward": award.name},
    )


def coupon_sent(*, invitation: Invitation, award: Award, code: str, now: datetime) -> None:
    """A friend asked for the coupon on the page of a link, and it goes to the address given."""
    messaging.queue(
        kind="coupon",
        to=invitation.email,
        key=f"coupon:{invitation.id}",
        language=invitation.referrer.language,
        now=now,
        context={
            "referrer": invitation.referrer.short_name,
            "first_name": invitation.first_name,
            "code": code,
            "invitation": invitation.public_id,
            "reward": award.name,
            "coupon": award.code,
            "expires_at": award.valid_until.isoformat() if award.valid_until else None,
        },
    )
