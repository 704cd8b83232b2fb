"""A person's yes or no on a referral that was held back (R43), and the way back from either."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, NotFoundError
from tenants.profiles.models import Profile
from tenants.programme import decisions, granting, referring, reopening, reversing, suspecting
from tenants.programme.decisions import Code
from tenants.programme.hand_referrals import AlreadyReferredError
from tenants.programme.models import Reward, RewardState
from tenants.referrals import services as referrals
from tenants.referrals.models import (
    OPEN_STATES,
    Referral,
    ReferralState,
    Refusal,
    Suspicion,
    SuspicionState,
)
from tenants.rewards.models import AwardState


class NothingToVerifyError(NotFoundError):
    """This referral was never held back, or is over for another reason."""

    code = "nothing_to_verify"
    words = gettext_lazy("Ce parrainage n’est pas à vérifier.")


class AlreadyPaidBackError(ConflictError):
    """What had been given was taken back when it was refused: it cannot be promised again."""

    code = "already_taken_back"
    words = gettext_lazy(
        "Ce qui avait été versé a été repris. Corrigez la cagnotte à la main si besoin."
    )


class AlreadyGivenError(ConflictError):
    """Something of it was given meanwhile: the way back is to refuse it."""

    code = "already_given"
    words = gettext_lazy("Une partie est déjà versée. Refusez ce parrainage pour la reprendre.")


@atomic_with_retry
def accept(
    *, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime, reason: str = ""
) -> Referral:
    """Find it good: what it promised gets its date, and both are told. Twice is once.

    One that was refused counts again; raises AlreadyReferredError where somebody else brought
    this person meanwhile, AlreadyPaidBackError, and FactUndoneError.
    """
    referral, row = _locked(referral_id)
    if row.state == SuspicionState.CLEARED:
        return referral
    if row.state == SuspicionState.REFUSED:
        _count_again(referral, row, now)
    waits = referral.awaits_fact or "gifts" in referral.facts or referral.rewards.exists()
    state = ReferralState.VALIDATED
    if waits and not _gave(referral):
        state = ReferralState.PENDING
    referrals.settle(referral=referral, state=state, now=now)
    _decide(row, SuspicionState.CLEARED, author_id, now)
    _note(Code.SUSPICION_CLEARED, referral, author_id, now, reason)
    referring.release(referral=referral, now=now)
    return referral


@atomic_with_retry
def refuse(
    *, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime, reason: str = ""
) -> Referral:
    """Find it bad: what it promised is given up, and nobody is told of what they never had.

    After a yes, what was given meanwhile is taken back too, and told. Twice is once.
    """
    referral, row = _locked(referral_id)
    if row.state == SuspicionState.REFUSED:
        return referral
    reversing.cancel_pending(referral=referral, now=now)
    if row.state == SuspicionState.CLEARED:
        reversing.take_back_all(referral=referral, now=now)
    referrals.settle(
        referral=referral, state=ReferralState.REFUSED, refusal=Refusal.SUSPICIOUS, now=now
    )
    _decide(row, SuspicionState.REFUSED, author_id, now)
    _note(Code.SUSPICION_REFUSED, referral, author_id, now, reason)
    return referral


@atomic_with_retry
def put_back(*, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Referral:
    """Take a decision back: the referral waits in the queue again. Twice is once.

    Raises AlreadyGivenError where a reward was posted, or a gift given, meanwhile.
    """
    referral, row = _locked(referral_id)
    if row.state == SuspicionState.WAITING:
        return referral
    if row.state == SuspicionState.REFUSED:
        _count_again(referral, row, now)
    elif _gave(referral):
        raise AlreadyGivenError
    referrals.settle(referral=referral, state=ReferralState.HELD, now=now)
    suspecting.without_dates(referral=referral)
    _decide(row, SuspicionState.WAITING, None, None)
    _note(Code.SUSPICION_AGAIN, referral, author_id, now, "")
    return referral


def _gave(referral: Referral) -> bool:
    if Reward.objects.filter(referral=referral, posted_at__isnull=False).exists():
        return True
    given = (AwardState.AVAILABLE, AwardState.HANDED_OVER)
    return any(award.state in given for award in granting.awards_of(referral=referral))


def _count_again(referral: Referral, row: Suspicion, now: datetime) -> None:
    """Promise what the refusal gave up, without dates yet."""
    others = Referral.objects.filter(referee=referral.referee_id, state__in=OPEN_STATES)
    if others.exists():
        raise AlreadyReferredError
    if Reward.objects.filter(
        referral=referral, state=RewardState.CANCELLED, posted_at__isnull=False
    ).exists():
        raise AlreadyPaidBackError
    reopening.check(referral=referral)
    referrals.settle(referral=referral, state=ReferralState.HELD, now=now)
    reopening.promise_again(referral=referral, now=now)
    granting.promise_again(referral=referral, closed_at=row.decided_at or now, now=now)
    suspecting.without_dates(referral=referral)


def _locked(referral_id: uuid.UUID) -> tuple[Referral, Suspicion]:
    """The referral, after its referee: whoever brings a fact of theirs locks in this order."""
    referee = Profile.objects.select_for_update(of=("self",), no_key=True)
    list(referee.filter(referrals_received=referral_id).values_list("id"))
    rows = Referral.objects.select_for_update(of=("self",)).select_related(
        "referrer", "referee", "order"
    )
    referral = rows.filter(id=referral_id).first()
    row = Suspicion.objects.select_for_update().filter(referral_id=referral_id).first()
    if referral is None or row is None or _is_over(referral, row):
        raise NothingToVerifyError(_("Ce parrainage n’est pas à vérifier."))
    return referral, row


def _is_over(referral: Referral, row: Suspicion) -> bool:
    """Closed or taken back for another reason: that stands, whatever was suspected."""
    if referral.state == ReferralState.REFUSED:
        return row.state != SuspicionState.REFUSED
    return referral.state not in OPEN_STATES


def _decide(
    row: Suspicion, state: SuspicionState, author_id: uuid.UUID | None, now: datetime | None
) -> None:
    row.state, row.decided_at, row.decided_by = state, now, author_id
    row.save(update_fields=["state", "decided_at", "decided_by"])


def _note(
    code: str, referral: Referral, author_id: uuid.UUID | None, now: datetime, reason: str
) -> None:
    decisions.note(
        code=code,
        now=now,
        profile=referral.referrer,
        order=referral.order,
        referral=referral,
        author_id=author_id,
        reason=reason,
    )
