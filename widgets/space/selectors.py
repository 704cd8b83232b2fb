"""What a customer's space shows, read in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import datetime

from billing.plans import Allowed
from kernel.ledger import selectors as ledger
from kernel.ledger.selectors import Balance
from kernel.money import Amount
from tenants.features import is_on
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import sentences, versions
from tenants.programme.history import HistoryLine, wallet_history
from tenants.programme.models import ProgrammeVersion, Reward, Side
from tenants.programme.prize_words import season
from tenants.programme.tiers import TierStanding, standing
from tenants.referrals.models import Invitation, Referral, ReferralState
from tenants.rewards.claims import taken
from tenants.rewards.days import today
from tenants.rewards.models import Award, AwardState, Claim, ClaimState, Prize
from tenants.rewards.prizes import offered


@dataclass(frozen=True, slots=True)
class PendingLine:
    """What is on its way: how much, thanks to whom, and when.

    Without a date, the shop has to confirm the order, or to look at the referral (`in_review`).
    """

    amount: Amount
    thanks_to: str
    own_order: bool
    due_at: datetime | None
    in_review: bool = False


@dataclass(frozen=True, slots=True)
class PrizeLine:
    """A prize beside the balance. `friends` is how many referees would bring what is missing."""

    prize: Prize
    cost: Amount
    available: int
    missing: Amount
    friends: int
    season: str = ""
    taken: bool = False

    @property
    def within_reach(self) -> bool:
        """Whether it can be chosen now: enough is there, and the limit for a person allows it."""
        return self.missing.value == 0 and not self.taken


@dataclass(frozen=True, slots=True)
class RefereeLine:
    """One friend: a referral with its state, or an invitation that led to none yet."""

    name: str
    state: str
    detail: str
    ordered_at: datetime | None = None
    gained: Amount | None = None


@dataclass(frozen=True, slots=True)
class Space:
    """Everything on the page. `version` is None while the programme is closed."""

    profile: Profile
    unit: str
    version: ProgrammeVersion | None
    balance: Balance
    pendings: list[PendingLine]
    prizes: list[PrizeLine]
    claims: list[Claim]
    referees: list[RefereeLine]
    history: list[HistoryLine]
    expiry: tuple[datetime, Amount] | None = None
    tiers: list[TierStanding] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)

    def amount(self, value: int) -> Amount:
        return Amount(value, self.unit)

    @property
    def available(self) -> Amount:
        return self.amount(self.balance.available)

    @property
    def pending(self) -> Amount:
        return self.amount(self.balance.pending)

    @property
    def debt(self) -> Amount:
        return self.amount(self.balance.debt)

    @property
    def can_choose(self) -> bool:
        """Whether a prize is within reach now."""
        return any(line.within_reach for line in self.prizes)


def open_version(*, now: datetime) -> ProgrammeVersion | None:
    """The rules in force, or None while the programme is closed or its module off."""
    version = versions.in_force(now=now)
    return version if versions.is_open(version) else None


def unit_of(*, tenant: Tenant, now: datetime) -> str:
    """What cagnottes hold: that stays when the programme closes."""
    version = versions.in_force(now=now)
    return version.unit if version is not None else tenant.currency


def space_of(*, profile: Profile, tenant: Tenant, now: datetime) -> Space:
    """The space of one customer as it stands."""
    version = open_version(now=now)
    unit = unit_of(tenant=tenant, now=now)
    balance = ledger.balance(owner_id=profile.id, unit=unit)
    history = wallet_history(profile=profile, unit=unit, for_customer=True)
    expiry = ledger.next_expiry(owner_id=profile.id, unit=unit)
    return Space(
        profile=profile,
        unit=unit,
        version=version,
        balance=balance,
        pendings=_pendings(profile, unit),
        prizes=_prizes(profile, balance, version, now),
        claims=list(profile.claims.order_by("-claimed_at")[:20]),
        referees=_referees(profile),
        history=history,
        expiry=(expiry[0], Amount(expiry[1], unit)) if expiry else None,
        tiers=standing(profile=profile, unit=unit),
        awards=_awards(profile, now),
    )


def prize_line(
    *,
    prize: Prize,
    balance: Balance,
    version: ProgrammeVersion | None,
    now: datetime,
    taken: bool = False,
) -> PrizeLine:
    """One prize beside a balance; `taken` says that this person has it as often as they may."""
    missing = max(prize.cost - balance.available, 0)
    if missing:
        missing += balance.debt  # the next earnings fill it first
    each = version.referrer_amount if version is not None else 0
    return PrizeLine(
        prize=prize,
        cost=Amount(prize.cost, prize.unit),
        available=balance.available,
        missing=Amount(missing, prize.unit),
        friends=-(-missing // each) if each else 0,
        season=season(prize, today=today(now)),
        taken=taken,
    )


def taken_up(*, prize: Prize, profile: Profile) -> bool:
    """Whether this person has a prize as often as they may."""
    return prize.per_person is not None and taken(prize, profile) >= prize.per_person


def open_claims(claims: list[Claim], *, now: datetime) -> list[Claim]:
    """What is on its way, and the codes that can still be used."""
    return [
        claim
        for claim in claims
        if claim.state in (ClaimState.CLAIMED, ClaimState.SENT)
        or (claim.is_code and claim.state == ClaimState.HANDED_OVER and _holds(claim, now))
    ]


def _holds(given: Claim | Award, now: datetime) -> bool:
    return given.valid_until is None or given.valid_until > now


def _prizes(
    profile: Profile, balance: Balance, version: ProgrammeVersion | None, now: datetime
) -> list[PrizeLine]:
    if not is_on(Allowed.WALLET):
        return []
    return [
        prize_line(
            prize=prize,
            balance=balance,
            version=version,
            now=now,
            taken=taken_up(prize=prize, profile=profile),
        )
        for prize in offered(unit=balance.unit, now=now)
    ]


def _awards(profile: Profile, now: datetime) -> list[Award]:
    """What was given and can be used or is on its way, the latest first."""
    states = (AwardState.AVAILABLE, AwardState.PENDING)
    rows = Award.objects.filter(profile=profile, state__in=states).order_by("-granted_at", "-id")
    return [award for award in rows[:30] if _holds(award, now)]


def _pendings(profile: Profile, unit: str) -> list[PendingLine]:
    open_ones = [p for p in ledger.open_pendings(owner_id=profile.id, unit=unit) if p.remaining]
    rewards = {
        reward.transfer_id: reward
        for reward in Reward.objects.select_related(
            "referral__referee", "referral__referrer"
        ).filter(transfer_id__in=[pending.transfer_id for pending in open_ones])
    }
    lines = []
    for pending in open_ones:
        reward = rewards.get(pending.transfer_id)
        own = reward is not None and reward.side == Side.REFEREE
        lines.append(
            PendingLine(
                amount=Amount(pending.remaining, unit),
                thanks_to=_other_side(reward),
                own_order=own,
                due_at=pending.due_at,
                in_review=reward is not None and reward.referral.state == ReferralState.HELD,
            )
        )
    return lines


def _other_side(reward: Reward | None) -> str:
    if reward is None:
        return ""
    if reward.side == Side.REFERRER:
        return first_name(reward.referral.referee)
    return first_name(reward.referral.referrer) if reward.referral.referrer else ""


def first_name(person: Profile) -> str:
    """How one customer sees another: the first name, never an address; "" where there is none."""
    return person.first_name


def _referees(profile: Profile) -> list[RefereeLine]:
    referrals = list(
        Referral.objects.filter(referrer=profile)
        .select_related("referee", "order", "invitation")
        .prefetch_related("rewards")
        .order_by("-created_at", "-id")[:50]
    )
    lines = [_referee(referral) for referral in referrals]
    answered = [referral.invitation_id for referral in referrals if referral.invitation_id]
    known = {referral.referee.email_key for referral in referrals if referral.referee.email_key}
    waiting = (
        # An address that was forgotten leaves nothing to show, and nobody to name.
        Invitation.objects.filter(referrer=profile, email_key__isnull=False)
        .exclude(id__in=answered)
        .order_by("-created_at")[:30]
    )
    lines += [
        RefereeLine(
            # An address that the friend gave themselves is not the referrer's to read.
            name=row.first_name or ("" if row.asked else row.email),
            state="not_yet" if row.clicked_at else "invited",
            detail="clicked" if row.clicked_at else "invited",
        )
        for row in waiting
        if row.email_key not in known
    ]
    return lines


def _referee(referral: Referral) -> RefereeLine:
    mine = [r for r in referral.rewards.all() if r.side == Side.REFERRER]
    kept = sum(reward.amount - reward.reversed for reward in mine)
    validated = referral.state == ReferralState.VALIDATED
    gained = Amount(kept, mine[0].unit) if validated and mine and kept else None
    states = {
        ReferralState.PENDING: "pending",
        ReferralState.VALIDATED: "validated",
        ReferralState.REFUSED: "not_counted",
        ReferralState.REVERSED: "refunded",
        ReferralState.HELD: "in_review",
        ReferralState.CLOSED: "closed",
    }
    explained = (
        referral.state == ReferralState.REFUSED
        or (validated and not kept)
        or (referral.state == ReferralState.PENDING and referral.awaits_fact)
    )
    return RefereeLine(
        name=first_name(referral.referee),
        state=states[ReferralState(referral.state)],
        detail=sentences.explain_referral(referral, audience="referrer") if explained else "",
        ordered_at=referral.order.ordered_at if referral.order else None,
        gained=gained,
    )
