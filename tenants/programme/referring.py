"""Who is owed a customer, and what both get for it: for any fact that can make a referral count.

The first valid clue stands. A referral that was known before its fact (an account opened through
a friend, a booking, the merchant's word) takes what comes later, whoever's code comes with it.
"""

from dataclasses import dataclass
from datetime import datetime

from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.programme import (
    coupons,
    decisions,
    granting,
    promises,
    rewarding,
    suspecting,
    versions,
)
from tenants.programme.conduct.withdrawing import supersede_reported
from tenants.programme.decisions import Code
from tenants.programme.models import ProgrammeVersion, Reward, Trigger
from tenants.referrals import attribution
from tenants.referrals import services as referrals
from tenants.referrals.attribution import Verdict
from tenants.referrals.facts import Clues, Fact, FactKind
from tenants.referrals.models import Referral, ReferralState, Refusal


@dataclass(frozen=True, slots=True)
class Attribution:
    """The referral that a fact made or completed, if any, and what it granted."""

    referral: Referral | None = None
    rewards: tuple[Reward, ...] = ()


def attribute(
    *, fact: Fact, profile: Profile, clues: Clues, now: datetime, newcomer: bool = False
) -> Attribution:
    """Say who is owed what this customer did, and promise what the rules give for it.

    The caller holds the customer's row, and calls once for each fact (tests never). A `newcomer`
    was unknown until this transaction: nothing earlier is looked for.
    """
    version = versions.in_force(now=now)
    if version is None:
        return Attribution()
    standing = None if newcomer else referrals.awaiting(referee=profile)
    if standing is not None:
        return _go_on(standing, fact, version, now)
    verdict = None
    if promises.begins(version, fact) and not _judged(fact):
        verdict = _judge(fact, profile, clues, version, newcomer=newcomer, now=now)
    if verdict is None:
        return Attribution()
    if verdict.refusal:
        return _refused(verdict, fact, profile, version, now)
    if fact.confirmed and not newcomer:
        supersede_reported(profile, fact.order, now)
    return _begin(verdict, fact, profile, version, now)


def _judged(fact: Fact) -> bool:
    """Whether the booking of a session that took place has said who sent the customer, once."""
    if fact.kind != FactKind.VALIDATED or fact.session is None:
        return False
    return Referral.objects.filter(session=fact.session).exists()


def _begin(
    verdict: Verdict, fact: Fact, profile: Profile, version: ProgrammeVersion, now: datetime
) -> Attribution:
    """A referral that counts, or will when what is rewarded has come."""
    counts = promises.qualifies(version, fact)
    referral = referrals.record_referral(
        verdict=verdict, referee=profile, fact=fact, awaits=not counts, now=now
    )
    if version.in_kind and referral.invitation_id is not None:
        coupons.claim(invitation_id=referral.invitation_id, profile=profile)
    trigger = Trigger.ACCOUNT if fact.kind == FactKind.ACCOUNT else Trigger.QUALIFYING
    if counts or trigger == Trigger.ACCOUNT:
        return reward(
            referral=referral, fact=fact, trigger=trigger, version=version, now=now, made_now=True
        )
    decisions.note(
        code=Code.REFERRAL_KNOWN, now=now, profile=profile, referral=referral, version=version
    )
    return Attribution(referral=referral)


def complete(*, fact: Fact, profile: Profile, now: datetime) -> Attribution:
    """Give a fact that was confirmed only now to the referral that waits for it, if any does."""
    version = versions.in_force(now=now)
    standing = referrals.awaiting(referee=profile) if version is not None else None
    if version is None or standing is None:
        return Attribution()
    return _go_on(standing, fact, version, now)


def reward(
    *,
    referral: Referral,
    fact: Fact,
    trigger: Trigger,
    version: ProgrammeVersion,
    now: datetime,
    at_once: bool = False,
    made_now: bool = False,
) -> Attribution:
    """Promise both sides what the rules give for this fact, and tell them.

    `made_now`: the referral is this transaction's own, and nobody can have promised it anything.
    """
    if not at_once:
        suspecting.suspect(referral=referral, order=fact.order, now=now, made_now=made_now)
    rewards = rewarding.promise(
        referral=referral,
        fact=fact,
        trigger=trigger,
        version=version,
        now=now,
        at_once=at_once,
        made_now=made_now,
    )
    gifts = granting.promise(
        referral=referral, fact=fact, trigger=trigger, version=version, now=now, at_once=at_once
    )
    if fact.confirmed:
        rewards = rewarding.announce(referral=referral, rewards=rewards, now=now, of_new=True)
        granting.announce(referral=referral, given=gifts, now=now)
    if gifts:
        referral.refresh_from_db(fields=["state", "decided_at"])
    counts = trigger == Trigger.QUALIFYING and referral.state == ReferralState.PENDING
    if counts and fact.confirmed and not (rewards or gifts):
        # There is nothing to wait for.
        referrals.settle(referral=referral, state=ReferralState.VALIDATED, now=now)
    return Attribution(referral=referral, rewards=tuple(rewards))


def confirmed(*, referral: Referral, order: Order, now: datetime) -> Attribution:
    """What a browser had announced is true: what it promised has its date, and is told."""
    given = granting.start_delay(order=order, now=now)
    promised = list(referral.rewards.select_related("profile"))
    rewards = rewarding.announce(referral=referral, rewards=promised, now=now)
    granting.announce(referral=referral, given=given, now=now)
    return Attribution(referral=referral, rewards=tuple(rewards))


def release(*, referral: Referral, now: datetime) -> Attribution:
    """Somebody looked at a held referral and found it good: what it promised gets its date.

    The caller has locked it and set its state. What only a browser reported goes on waiting.
    """
    rewards = rewarding.release(referral=referral, now=now)
    given = []
    if referral.order is None or referral.order.confirmed_at is not None:
        given = granting.release(referral=referral, now=now)
    rewards = rewarding.announce(referral=referral, rewards=rewards, now=now)
    granting.announce(referral=referral, given=given, now=now)
    return Attribution(referral=referral, rewards=tuple(rewards))


def _refused(
    verdict: Verdict, fact: Fact, profile: Profile, version: ProgrammeVersion, now: datetime
) -> Attribution:
    """The fact stands, the referral is kept with its reason."""
    referral = referrals.record_referral(verdict=verdict, referee=profile, fact=fact, now=now)
    decisions.note(
        code=Code.REFUSED,
        now=now,
        profile=profile,
        order=fact.order,
        referral=referral,
        version=version,
        refusal=verdict.refusal,
        **verdict.facts,
    )
    return Attribution(referral=referral)


def _go_on(referral: Referral, fact: Fact, version: ProgrammeVersion, now: datetime) -> Attribution:
    """The referral is known. A browser's word alone does not complete it: the shop's will."""
    if not (versions.is_open(version) and promises.qualifies(version, fact) and fact.confirmed):
        return Attribution()
    order = fact.order
    if order is not None and order.amount < version.minimum_order:
        decisions.note(
            code=Code.FACT_TOO_SMALL,
            now=now,
            profile=referral.referee,
            order=order,
            referral=referral,
            version=version,
            minimum=version.minimum_order,
            currency=order.currency,
        )
        return Attribution()
    referrals.bring_fact(referral=referral, fact=fact)
    return reward(
        referral=referral, fact=fact, trigger=Trigger.QUALIFYING, version=version, now=now
    )


def _judge(
    fact: Fact,
    profile: Profile,
    clues: Clues,
    version: ProgrammeVersion,
    *,
    newcomer: bool,
    now: datetime,
) -> Verdict | None:
    """The verdict on who is owed this customer; None where nobody is pointed to."""
    found = attribution.ladder(
        referee=profile, clues=clues, now=now, cookie_days=version.cookie_days
    )
    if not versions.is_open(version):
        first = next(found, None)
        if first is None:
            return None
        rungs = [[str(first.step.value), str(Refusal.PROGRAMME_OFF)]]
        return Verdict(clue=first, refusal=Refusal.PROGRAMME_OFF, rungs=rungs)
    verdict = attribution.judge(clues=found, referee=profile, fact=fact, newcomer=newcomer)
    if verdict is None or verdict.refusal or fact.order is None:
        return verdict
    if fact.order.amount < version.minimum_order:
        return Verdict(
            clue=verdict.clue,
            refusal=Refusal.ORDER_TOO_SMALL,
            facts={"minimum": version.minimum_order, "unit": fact.order.currency},
            rungs=[*verdict.rungs[:-1], [verdict.rungs[-1][0], str(Refusal.ORDER_TOO_SMALL)]],
        )
    return verdict
