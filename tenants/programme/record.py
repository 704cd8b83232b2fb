"""One customer's record: who brought them, whom they brought, what they hold, what they did."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.ledger import selectors as ledger
from kernel.money import Amount
from shell import formats
from tenants.profiles.models import Profile
from tenants.programme.models import Reward, RewardState, Side
from tenants.programme.sentences import explain_referral
from tenants.referrals.models import (
    OPEN_STATES,
    Invitation,
    Referral,
    ReferralState,
)
from tenants.rewards.models import Award, AwardOrigin, AwardState, Claim

# The word of `shell.states` for each state of a referral, and of a claim.
REFERRAL_LOOKS = {
    ReferralState.PENDING: "pending",
    ReferralState.VALIDATED: "validated",
    ReferralState.REFUSED: "refused",
    ReferralState.REVERSED: "cancelled",
    ReferralState.HELD: "to_check",
    ReferralState.CLOSED: "closed",
}


@dataclass(frozen=True, slots=True)
class Referee:
    """A person whom this customer invited or brought, as the referrer's panel shows them."""

    name: str
    look: str
    detail: str
    referral: Referral | None = None
    customer: Profile | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """An amount that is on its way: how much, why, and from when it can be spent."""

    amount: int
    unit: str
    why: str
    due_at: datetime | None
    referral: Referral


def referral_received(*, profile: Profile) -> Referral | None:
    """The referral that brought this customer: the one that counts, else the last refused."""
    rows = _referrals().filter(referee=profile)
    return rows.filter(state__in=OPEN_STATES).first() or rows.order_by("-created_at", "-id").first()


def granted(*, referral: Referral, side: Side) -> str:
    """What one side was granted and kept for a referral, in words; "" where nothing was."""
    amounts = [
        formats.amount(Amount(r.amount - r.reversed, r.unit))
        for r in sorted(referral.rewards.all(), key=lambda r: r.granted_at)
        if r.side == side and r.amount > r.reversed
    ]
    gifts = [name for whose, name in referral.facts.get("gifts", []) if whose == side]
    return formats.join(amounts + gifts) if amounts or gifts else ""


def day_of(referral: Referral) -> date:
    """The day of a referral: the merchant's, else the one it was made on."""
    return referral.referred_on or timezone.localdate(referral.created_at)


def last_gift(*, profile: Profile) -> Award | None:
    """The last gift of a referrer, handed over or to be (OF-03)."""
    gifts = Award.objects.filter(profile=profile, origin=AwardOrigin.GIFT)
    return gifts.exclude(state=AwardState.CANCELLED).order_by("-granted_at", "-id").first()


def referees(*, profile: Profile) -> list[Referee]:
    """Everybody this customer brought or invited, those who count first, then the latest."""
    rows = list(_referrals().filter(referrer=profile).order_by("-created_at", "-id"))
    order = [
        ReferralState.VALIDATED,
        ReferralState.PENDING,
        ReferralState.HELD,
        ReferralState.CLOSED,
        ReferralState.REFUSED,
        ReferralState.REVERSED,
    ]
    rows.sort(key=lambda referral: order.index(ReferralState(referral.state)))
    shown = [_referee(referral) for referral in rows]
    used = {r.invitation_id for r in rows if r.invitation_id is not None}
    waiting = Invitation.objects.filter(referrer=profile).exclude(id__in=used)
    return shown + [_invited(invitation) for invitation in waiting.order_by("-created_at")]


def _referrals() -> QuerySet[Referral]:
    return Referral.objects.select_related(
        "referrer", "referee", "order", "invitation"
    ).prefetch_related("rewards")


def _referee(referral: Referral) -> Referee:
    order = referral.order
    if referral.state == ReferralState.VALIDATED and order is not None:
        detail = _("%(amount)s le %(day)s") % {
            "amount": formats.money(order.amount, order.currency),
            "day": formats.day(order.ordered_at, year=False),
        }
    else:
        detail = explain_referral(referral)
    return Referee(
        name=referral.referee.name,
        look=REFERRAL_LOOKS[ReferralState(referral.state)],
        detail=detail,
        referral=referral,
        customer=referral.referee,
    )


def _invited(invitation: Invitation) -> Referee:
    name = invitation.first_name or invitation.email or _("Adresse oubliée")
    when = formats.day(invitation.clicked_at or invitation.created_at, year=False)
    words = _("a ouvert l’invitation le %(day)s") if invitation.clicked_at else _("le %(day)s")
    return Referee(
        name=name,
        look="clicked" if invitation.clicked_at else "invited",
        detail=words % {"day": when},
    )


def expected(*, profile: Profile) -> list[Expected]:
    """What is promised to this customer and not there yet, soonest first."""
    rows = (
        Reward.objects.select_related("referral__referee", "referral__referrer", "order")
        .filter(profile=profile, state=RewardState.PENDING)
        .order_by("due_at", "id")
    )
    return [
        Expected(
            amount=reward.amount - reward.reversed,
            unit=reward.unit,
            why=_why(reward),
            due_at=reward.due_at,
            referral=reward.referral,
        )
        for reward in rows
    ]


def _why(reward: Reward) -> str:
    referral = reward.referral
    if reward.side == Side.REFERRER:
        name = referral.referee.name
        return formats.elided(_("Parrainage de %(name)s") % {"name": name}, name)
    if referral.referrer is None:
        return _("Bienvenue")
    return _("Bienvenue, grâce à %(name)s") % {"name": referral.referrer.name}


def awards(*, profile: Profile) -> list[Award]:
    """What this customer was given beside the cagnotte, the latest first (FS-02)."""
    return list(Award.objects.filter(profile=profile).order_by("-granted_at", "-id"))


def claims(*, profile: Profile) -> list[Claim]:
    """The prizes this customer took, the latest first."""
    return list(Claim.objects.filter(profile=profile).order_by("-claimed_at", "-id"))


def next_expiry(*, profile: Profile, unit: str) -> tuple[datetime, int] | None:
    """The next date on which the cagnotte loses something, and how much."""
    return ledger.next_expiry(owner_id=profile.id, unit=unit)
