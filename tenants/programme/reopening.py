"""Promising again what the closing of a referral had given up."""

from datetime import datetime

from kernel.ledger import services as ledger
from kernel.ledger.models import Transfer
from tenants.programme.models import Reward, RewardState
from tenants.referrals.models import Referral, ReferralState


def state_after(*, referral: Referral) -> ReferralState:
    """Where a referral stands when it counts again: validated once something of it was given."""
    rewards = Reward.objects.filter(referral=referral)
    posted = rewards.filter(posted_at__isnull=False).exclude(state=RewardState.CANCELLED)
    nothing_to_wait_for = not referral.awaits_fact and not rewards.exists()
    done = nothing_to_wait_for or posted.exists()
    return ReferralState.VALIDATED if done else ReferralState.PENDING


def promise_again(*, referral: Referral, now: datetime) -> None:
    """Each reward that closing cancelled is pending again, for as much and until the same day.

    One whose day has passed meanwhile is posted by the clock at its next turn.
    """
    cancelled = Reward.objects.select_for_update().filter(
        referral=referral, state=RewardState.CANCELLED
    )
    rewards = {f"closed:{reward.transfer_id}": reward for reward in cancelled.order_by("id")}
    for closing in Transfer.objects.filter(key__in=rewards).order_by("id"):
        reward = rewards[closing.key]
        (transfer,) = ledger.issue_pending(
            promises=[
                ledger.Promise(
                    owner_id=reward.profile_id,
                    amount=closing.amount,
                    reason=f"referral_{reward.side}",
                    source=f"referral:{referral.id}",
                    key=f"reopened:{reward.transfer_id}",
                    due_at=reward.due_at,
                )
            ],
            unit=reward.unit,
            now=now,
        )
        reward.transfer_id, reward.state = transfer.id, RewardState.PENDING
        reward.reversed = reward.amount - closing.amount
        reward.save(update_fields=["transfer_id", "state", "reversed"])
