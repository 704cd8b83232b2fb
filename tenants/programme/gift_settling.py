"""A referral whose gift can be used counts from that moment."""

import uuid
from datetime import datetime

from tenants.programme import decisions
from tenants.programme.decisions import Code
from tenants.referrals import services as referrals
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.models import Award, AwardOrigin, AwardState


def lock_referral(*, award_id: uuid.UUID) -> None:
    """Lock the referral of a gift, before anybody locks the gift: a refund comes that way too."""
    rows = Award.objects.filter(id=award_id, origin=AwardOrigin.REFERRAL)
    for source in rows.values_list("source", flat=True):
        number = uuid.UUID(source.partition(":")[2])
        list(Referral.objects.select_for_update().filter(id=number).values_list("id"))


def made_available(*, award: Award, now: datetime) -> None:
    """Say that a referral's gift is there, and validate its referral; nothing for other awards."""
    if award.origin != AwardOrigin.REFERRAL or award.state != AwardState.AVAILABLE:
        return
    number = uuid.UUID(award.source.partition(":")[2])
    referral = Referral.objects.select_for_update().get(id=number)
    if referral.state == ReferralState.PENDING:
        referrals.settle(referral=referral, state=ReferralState.VALIDATED, now=now)
    decisions.note(
        code=Code.GIFT_AVAILABLE,
        now=now,
        profile=award.profile,
        order=referral.order,
        referral=referral,
        award=str(award.id),
        name=award.name,
    )
