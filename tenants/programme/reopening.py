"""Promising again what the closing of a referral had given up."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from kernel.errors import ConflictError
from kernel.ledger import services as ledger
from kernel.ledger.models import Transfer
from kernel.money import Amount
from tenants.activity.models import OrderState, SessionState
from tenants.programme.models import Reward, RewardState, Trigger
from tenants.referrals.models import Referral, ReferralState, Suspicion, SuspicionState
from tenants.rewards.models import Award


class FactUndoneError(ConflictError):
    """What the referral counted for was refunded or cancelled meanwhile."""

    code = "referral_fact_undone"
    words = gettext_lazy(
        "Ce qui faisait compter ce parrainage a été remboursé ou annulé depuis : il reste clos."
    )


def state_after(*, referral: Referral) -> ReferralState:
    """Where a referral stands when it counts again: validated once something of it was given.

    One that nobody has decided on waits for that again.
    """
    if Suspicion.objects.filter(referral=referral, state=SuspicionState.WAITING).exists():
        return ReferralState.HELD
    rewards = Reward.objects.filter(referral=referral)
    posted = rewards.filter(posted_at__isnull=False).exclude(state=RewardState.CANCELLED)
    nothing_to_wait_for = not referral.awaits_fact and not rewards.exists()
    done = nothing_to_wait_for or posted.exists()
    return ReferralState.VALIDATED if done else ReferralState.PENDING


def is_undone(*, referral: Referral) -> bool:
    """Whether the money of its order went back, or its session does not take place."""
    if referral.awaits_fact:
        return False
    order, session = referral.order, referral.session
    refunded = order is not None and order.state == OrderState.REFUNDED
    return refunded or (session is not None and session.state == SessionState.CANCELLED)


def check(*, referral: Referral) -> None:
    """Raise FactUndoneError where a closed referral has nothing left to count for.

    The caller holds the referee's lock, as a refund does.
    """
    if not is_undone(referral=referral):
        return
    source = f"referral:{referral.id}"
    account = Trigger.ACCOUNT
    if Reward.objects.filter(referral=referral, trigger=account).exists():
        return
    if not Award.objects.filter(source=source, key__contains=f":{account}").exists():
        raise FactUndoneError


def promise_again(*, referral: Referral, now: datetime) -> None:
    """Each reward that closing cancelled is pending again until the same day, for as much, less
    what went back meanwhile of the order that it was for.

    One whose day has passed meanwhile is posted by the clock at its next turn.
    """
    cancelled = Reward.objects.select_for_update().filter(
        referral=referral, state=RewardState.CANCELLED
    )
    rewards = {f"closed:{reward.transfer_id}": reward for reward in cancelled.order_by("id")}
    for closing in Transfer.objects.filter(key__in=rewards).order_by("id"):
        reward = rewards[closing.key]
        amount = min(closing.amount, _deserved(reward, referral))
        if amount <= 0:
            continue
        (transfer,) = ledger.issue_pending(
            promises=[
                ledger.Promise(
                    owner_id=reward.profile_id,
                    amount=amount,
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
        reward.reversed = reward.amount - amount
        reward.save(update_fields=["transfer_id", "state", "reversed"])


def _deserved(reward: Reward, referral: Referral) -> int:
    """What a reward is worth now, as if its referral had been open all the time."""
    if reward.trigger != Trigger.QUALIFYING:
        return reward.amount
    if is_undone(referral=referral):
        return 0
    order = referral.order
    if order is None or not order.refunded:
        return reward.amount
    gone = Amount(reward.amount, reward.unit).share(part=order.refunded, whole=order.amount)
    return reward.amount - gone.value
