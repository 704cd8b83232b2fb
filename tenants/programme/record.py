"""One customer's record: who brought them, whom they brought, what they hold, what they did."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.ledger import selectors as ledger
from kernel.money import Amount
from shell import formats
from tenants.activity.models import Order, OrderState, Refund
from tenants.messaging import selectors as messaging
from tenants.messaging.models import EmailState
from tenants.profiles.models import Profile
from tenants.programme.decisions import Code
from tenants.programme.models import Decision, Reward, RewardState, Side
from tenants.programme.record_services import service_events
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


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the activity list; `money` marks an order, a refund or a reward."""

    at: datetime
    text: str
    detail: str = ""
    money: bool = False


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


def happenings(*, profile: Profile, limit: int = 8) -> list[Happening]:
    """What this customer did and what happened to them, the latest first."""
    found = [*_orders(profile, limit), *_sharing(profile, limit), *_prizes(profile, limit)]
    found += _emails(profile, limit)
    found += [Happening(*event) for event in service_events(profile=profile, limit=limit)]
    if profile.account_created_at is not None:
        found.append(Happening(profile.account_created_at, _("A ouvert un compte")))
    found.append(Happening(profile.created_at, _("Fiche créée")))
    found.sort(key=lambda event: event.at, reverse=True)
    return found[:limit]


def _orders(profile: Profile, limit: int) -> list[Happening]:
    rows = Order.objects.filter(profile=profile).order_by("-ordered_at")[:limit]
    found = []
    for order in rows:
        words = (
            _("Le navigateur annonce une commande de %(amount)s")
            if order.state == OrderState.REPORTED
            else _("A commandé pour %(amount)s")
        )
        amount = formats.money(order.amount, order.currency)
        detail = order.external_id
        found.append(Happening(order.ordered_at, words % {"amount": amount}, detail, money=True))
    refunds = Refund.objects.select_related("order").filter(order__profile=profile)
    for refund in refunds.order_by("-refunded_at")[:limit]:
        amount = formats.money(refund.amount, refund.order.currency)
        text = _("Remboursement de %(amount)s") % {"amount": amount}
        detail = refund.order.external_id
        found.append(Happening(refund.refunded_at, text, detail, money=True))
    return found


def _emails(profile: Profile, limit: int) -> list[Happening]:
    return [
        Happening(
            email.sent_at or email.queued_at,
            _("E-mail : %(subject)s") % {"subject": email.subject or messaging.title_of(email)},
            str(messaging.look_of(email).word),
        )
        for email in messaging.emails_to(profile=profile, limit=limit)
        if email.state != EmailState.QUEUED
    ]


def _sharing(profile: Profile, limit: int) -> list[Happening]:
    found = [
        Happening(
            invitation.created_at,
            _("A invité %(name)s par e-mail") % {"name": invitation.first_name or _("un proche")},
        )
        for invitation in Invitation.objects.filter(referrer=profile).order_by("-created_at")[
            :limit
        ]
    ]
    brought = (
        Reward.objects.select_related("referral__referee")
        .filter(profile=profile, side=Side.REFERRER, posted_at__isnull=False)
        .order_by("-posted_at")[:limit]
    )
    for reward in brought:
        detail = _("%(amount)s versés") % {
            "amount": formats.amount(Amount(reward.amount, reward.unit))
        }
        text = _("%(name)s compte comme filleul") % {"name": reward.referral.referee.name}
        if reward.posted_at is not None:
            found.append(Happening(reward.posted_at, text, detail, money=True))
    return found


def _prizes(profile: Profile, limit: int) -> list[Happening]:
    found = [
        Happening(claim.claimed_at, _("A choisi « %(prize)s »") % {"prize": claim.prize_name})
        for claim in Claim.objects.filter(profile=profile).order_by("-claimed_at")[:limit]
    ]
    given = Award.objects.filter(profile=profile).exclude(state=AwardState.CANCELLED)
    for award in given.order_by("-granted_at")[:limit]:
        words = _("A reçu « %(reward)s »") % {"reward": award.name}
        found.append(Happening(award.granted_at, words, str(award.get_origin_display())))
    corrections = Decision.objects.filter(profile=profile, code=Code.ADJUSTED)
    for decision in corrections.order_by("-decided_at")[:limit]:
        amount = formats.amount(Amount(decision.amount, decision.unit), signed=True)
        text = _("Cagnotte corrigée de %(amount)s") % {"amount": amount}
        detail = str(decision.facts.get("reason", ""))
        found.append(Happening(decision.decided_at, text, detail, money=True))
    return found
