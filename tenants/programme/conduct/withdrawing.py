"""Taking back what only a browser spoke of."""

from datetime import datetime

from tenants.activity.models import Order, OrderState
from tenants.profiles.models import Profile
from tenants.programme import reversing
from tenants.programme.decisions import Code
from tenants.referrals import services as referrals
from tenants.referrals.models import Referral, ReferralState, Refusal


def supersede_reported(profile: Profile, row: Order | None, now: datetime) -> None:
    """A confirmed order, or the merchant's word, replaces what only a browser spoke of."""
    unconfirmed = Referral.objects.select_for_update(of=("self",)).filter(
        referee=profile,
        state__in=(ReferralState.PENDING, ReferralState.HELD),
        order__state=OrderState.REPORTED,
    )
    if row is not None:
        unconfirmed = unconfirmed.exclude(order=row)
    for referral in unconfirmed.select_related("order"):
        if referral.order is not None:
            withdraw(referral.order, now)


def withdraw(order: Order, now: datetime) -> None:
    """Take back what a reported order had promised."""
    reversing.take_back(
        order=order,
        refunded=order.amount,
        total=order.amount,
        source=f"withdrawn:{order.id}",
        now=now,
        code=Code.SUPERSEDED,
    )
    for referral in referrals.open_referrals_of_order(order=order):
        referrals.settle(
            referral=referral,
            state=ReferralState.REFUSED,
            refusal=Refusal.SUPERSEDED,
            now=now,
        )
