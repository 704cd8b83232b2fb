"""Holding back a referral that looks odd, until a person said yes or no (R43).

It stays promised without a date, the merchant sees it in the queue, and the two people are told
that it is being looked at.
"""

from datetime import datetime

from kernel.ledger import services as ledger
from tenants.activity.models import Order
from tenants.programme import decisions, granting, rewarding
from tenants.programme.decisions import Code
from tenants.referrals import services as referrals
from tenants.referrals import suspicion
from tenants.referrals.models import (
    OPEN_STATES,
    Referral,
    ReferralState,
    Step,
    Suspicion,
    SuspicionState,
)


def suspect(
    *, referral: Referral, order: Order | None, now: datetime, made_now: bool = False
) -> Suspicion | None:
    """Look at a referral just before its rewards are promised; hold it where it looks odd.

    The merchant's own word is believed, and so is a decision that was taken on it before. What an
    account was paid does not vouch for the order that comes after it. Of a referral that was
    `made_now`, in this transaction, nothing was decided or promised yet.
    """
    if referral.step == Step.MANUAL or referral.state not in OPEN_STATES:
        return None
    earlier = None if made_now else Suspicion.objects.filter(referral=referral).first()
    if earlier is not None and earlier.state != SuspicionState.WAITING:
        return None
    reasons = suspicion.look(referral=referral, order=order, now=now)
    if suspicion.weigh(reasons) < suspicion.THRESHOLD:
        return None
    raised = suspicion.raise_suspicion(referral=referral, reasons=reasons, now=now)
    if referral.state != ReferralState.HELD:
        referrals.settle(referral=referral, state=ReferralState.HELD, now=now)
        if not made_now:
            without_dates(referral=referral)
        decisions.note(
            code=Code.SUSPECTED,
            now=now,
            profile=referral.referrer,
            order=order,
            referral=referral,
            signals=[reason.signal.value for reason in reasons],
        )
    return raised


def without_dates(*, referral: Referral) -> None:
    """What it promised and has not given waits until somebody decides."""
    for reward in rewarding.pending_rewards(referral=referral).exclude(due_at=None):
        ledger.set_due(pending_id=reward.transfer_id, due_at=None)
        reward.due_at = None
        reward.save(update_fields=["due_at"])
    granting.without_dates(referral=referral)


def look_again(*, order: Order, now: datetime) -> None:
    """A trusted source confirmed this order, and may have told where it goes."""
    if not (order.device_hash or order.address_hash):
        return
    rows = Referral.objects.select_for_update(of=("self",)).select_related("referrer", "referee")
    for referral in rows.filter(order=order, state=ReferralState.PENDING):
        suspect(referral=referral, order=order, now=now)
