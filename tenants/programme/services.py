"""What people do in the programme: invite, refer by hand, claim, hand over, cancel."""

import uuid
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallet
from kernel.ledger.errors import KeyReusedError
from kernel.ledger.models import AccountKind, Transfer
from tenants.profiles.models import Profile
from tenants.programme import (
    conductor,
    coupons,
    dates,
    decisions,
    notices,
    promises,
    referring,
    reward_notices,
    versions,
)
from tenants.programme.decisions import Code
from tenants.programme.models import Decision, ProgrammeVersion
from tenants.programme.tiers import settle_tiers
from tenants.referrals import attribution, codes
from tenants.referrals import services as referrals
from tenants.referrals.attribution import Clue
from tenants.referrals.facts import Fact
from tenants.referrals.models import Invitation, Referral, Refusal, Step
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim


class ProgrammeClosedError(ConflictError):
    """The referral programme is not open."""

    code = "programme_closed"
    words = gettext_lazy("Le parrainage n’est pas ouvert en ce moment.")


class ReferralRefusedError(ConflictError):
    """This person cannot be referred."""

    code = "referral_refused"
    words = gettext_lazy("Cette personne ne peut pas être parrainée.")


def open_programme(*, now: datetime) -> ProgrammeVersion:
    """The rules in force; raises ProgrammeClosedError when there are none or they are off."""
    version = versions.in_force(now=now)
    if version is None or not versions.is_open(version):
        raise ProgrammeClosedError(_("Le parrainage n’est pas ouvert en ce moment."))
    return version


@atomic_with_retry
def invite_friend(*, referrer: Profile, email: str, first_name: str, now: datetime) -> Invitation:
    """A referrer names a friend: the friend is written to, once (SP-01, SP-08, SP-09)."""
    version = open_programme(now=now)
    invitation = referrals.invite(referrer=referrer, email=email, first_name=first_name, now=now)
    code = codes.code_for(profile=referrer, now=now).code
    coupon = coupons.give(invitation=invitation, version=version, now=now)
    notices.invitation_sent(
        invitation=invitation, code=code, version=version, coupon=coupon, now=now
    )
    notices.referrer_welcomed(referrer=referrer, code=code, now=now)
    return invitation


@atomic_with_retry
def refer_by_hand(
    *,
    referrer: Profile,
    referee: Profile,
    author_id: uuid.UUID | None,
    now: datetime,
    at_once: bool = True,
    referred_on: date | None = None,
    notes: str = "",
) -> Referral:
    """The merchant says who brought whom (FS-11, OF-04), since `referred_on` (today).

    `at_once`: both sides get now what the rules give (FS-12). Otherwise the referral waits for
    what makes it count. The exclusions hold here too: ReferralRefusedError says which one, in its
    facts.
    """
    version = open_programme(now=now)
    Profile.objects.select_for_update(no_key=True).get(id=referee.id)
    conductor.supersede_reported(referee, None, now)
    fact = Fact.by_hand(at=now)
    clue = Clue(step=Step.MANUAL, referrer=referrer)
    verdict = attribution.judge(clues=[clue], referee=referee, fact=fact)
    # Whoever bought before can still be linked by hand: the merchant knows better than dates.
    if verdict is not None and verdict.refusal not in ("", Refusal.ALREADY_BOUGHT):
        raise ReferralRefusedError(refusal=verdict.refusal, **verdict.facts)
    referral = referrals.record_referral(
        verdict=attribution.Verdict(clue=clue, rungs=[[str(Step.MANUAL.value), ""]]),
        referee=referee,
        fact=fact,
        awaits=not at_once,
        now=now,
    )
    referral.referred_on = referred_on or dates.local(now).date()
    referral.notes = notes
    referral.save(update_fields=["referred_on", "notes"])
    decisions.note(
        code=Code.ADDED_BY_HAND,
        now=now,
        profile=referrer,
        referral=referral,
        version=version,
        author_id=author_id,
        at_once=at_once,
    )
    if at_once:
        referring.reward(
            referral=referral,
            fact=fact,
            trigger=promises.main_trigger(version),
            version=version,
            now=now,
            at_once=True,
        )
    return referral


@atomic_with_retry
def claim_prize(
    *,
    profile: Profile,
    prize_id: uuid.UUID,
    key: str,
    now: datetime,
    address: dict[str, str] | None = None,
    cost_shown: int | None = None,
) -> Claim:
    """A customer takes a prize from the cagnotte: see `tenants.rewards.claims.claim`.

    The same `key` answers the same claim.
    """
    claim, created = rewards.claim(
        profile=profile,
        prize_id=prize_id,
        key=key,
        now=now,
        address=address,
        cost_shown=cost_shown,
    )
    if created:
        decisions.note(
            code=Code.PRIZE_CLAIMED,
            now=now,
            profile=profile,
            amount=claim.cost,
            unit=claim.unit,
            claim=str(claim.id),
        )
        notices.prize_claimed(claim=claim, now=now)
    return claim


@atomic_with_retry
def send_claim(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """The merchant posted a prize: its person is told, once."""
    claim = rewards.mark_sent(claim_id=claim_id, now=now)
    reward_notices.prize_sent(claim=claim, now=now)
    return claim


@atomic_with_retry
def cancel_claim(*, claim_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Claim:
    """The merchant cancels a claim: the customer gets the cost back."""
    claim = rewards.cancel(claim_id=claim_id, now=now)
    decisions.note(
        code=Code.CLAIM_CANCELLED,
        now=now,
        profile=claim.profile,
        amount=claim.cost,
        unit=claim.unit,
        author_id=author_id,
        claim=str(claim.id),
    )
    notices.claim_cancelled(claim=claim, now=now)
    return claim


@atomic_with_retry
def adjust(
    *,
    profile: Profile,
    amount: int,
    reason: str,
    key: str,
    author_id: uuid.UUID | None,
    now: datetime,
) -> Decision:
    """The merchant adds to a cagnotte, or takes from it (a negative `amount`), and says why.

    The same `key` answers the same decision, and is refused for another correction
    (KeyReusedError). Raises InsufficientBalanceError.
    """
    version = open_or_last(now=now)
    wallet = lock_wallet(owner_id=profile.id, unit=version.unit)
    earlier = Transfer.objects.filter(key=f"adjust:{key}").first()
    if earlier is not None:
        made = Decision.objects.get(id=earlier.source.partition(":")[2])
        told = (made.profile_id, made.amount, made.facts.get("reason"))
        if told != (profile.id, amount, reason):
            raise KeyReusedError
        return made
    decision = decisions.note(
        code=Code.ADJUSTED,
        now=now,
        profile=profile,
        version=version,
        amount=amount,
        unit=wallet.unit,
        author_id=author_id,
        reason=reason,
    )
    common: dict[str, Any] = {
        "owner_id": profile.id,
        "unit": wallet.unit,
        "amount": abs(amount),
        "reason": "adjusted",
        "source": f"decision:{decision.id}",
        "key": f"adjust:{key}",
        "now": now,
    }
    if amount > 0:
        ledger.issue(origin=AccountKind.ADJUSTED, **common)
        settle_tiers(profile_ids=[profile.id], now=now)
    else:
        ledger.redeem(destination=AccountKind.ADJUSTED, **common)
    return decision


def open_or_last(*, now: datetime) -> ProgrammeVersion:
    """The rules in force, also while the programme is paused; ProgrammeClosedError when none."""
    version = versions.in_force(now=now)
    if version is None:
        raise ProgrammeClosedError(_("Publiez d’abord votre programme."))
    return version
