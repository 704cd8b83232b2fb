"""Referrals as the merchant keeps them by hand: said, noted, closed, opened again, taken back."""

import uuid
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from tenants.profiles.models import Profile
from tenants.programme import (
    dates,
    decisions,
    granting,
    reopening,
    reversing,
    services,
    suspecting,
)
from tenants.programme.decisions import Code
from tenants.referrals import services as referrals
from tenants.referrals.models import OPEN_STATES, Referral, ReferralState


class UnknownReferralError(NotFoundError):
    """There is no such referral."""

    code = "unknown_referral"
    words = gettext_lazy("Ce parrainage n’existe pas.")


class ReferralDateError(InvalidInputError):
    """A referral needs a date that is not in the future."""

    code = "invalid_referral_date"
    words = gettext_lazy("Indiquez la date du parrainage, au plus tard aujourd’hui.")


class AlreadyReferredError(ConflictError):
    """Somebody else is this person's referrer now."""

    code = "already_referred"
    words = gettext_lazy("Cette personne a un autre parrain depuis. Retirez d’abord ce parrainage.")


@atomic_with_retry
def refer(
    *,
    referrer: Profile,
    referee: Profile,
    author_id: uuid.UUID | None,
    now: datetime,
    at_once: bool = True,
    referred_on: date | None = None,
    notes: str = "",
) -> tuple[Referral, bool]:
    """Say who brought whom; the same pair again is the referral that exists: (row, is new).

    See `services.refer_by_hand`. Raises ReferralDateError for a day to come.
    """
    _check_day(referred_on, now)
    Profile.objects.select_for_update(no_key=True).get(id=referee.id)
    earlier = Referral.objects.filter(
        referrer=referrer, referee=referee, state__in=OPEN_STATES
    ).first()
    if earlier is not None:
        return earlier, False
    made = services.refer_by_hand(
        referrer=referrer,
        referee=referee,
        author_id=author_id,
        at_once=at_once,
        referred_on=referred_on,
        notes=notes,
        now=now,
    )
    return made, True


@atomic_with_retry
def edit(*, referral_id: uuid.UUID, referred_on: date, notes: str, now: datetime) -> Referral:
    """Change what the merchant writes on a referral: its day, and free notes (OF-02)."""
    _check_day(referred_on, now)
    referral = _locked(referral_id)
    referral.referred_on, referral.notes = referred_on, notes
    referral.save(update_fields=["referred_on", "notes"])
    return referral


@atomic_with_retry
def close(*, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Referral:
    """Stop counting a referral (OF-04): what waits is given up, what was given stays.

    One that does not count any more is answered as it is.
    """
    referral = _locked(referral_id)
    if referral.state not in OPEN_STATES:
        return referral
    reversing.cancel_pending(referral=referral, now=now)
    referral.closed_at = now
    referral.save(update_fields=["closed_at"])
    referrals.settle(referral=referral, state=ReferralState.CLOSED, now=now)
    _note(Code.CLOSED_BY_HAND, referral, author_id, now)
    return referral


@atomic_with_retry
def reopen(*, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Referral:
    """Count a closed referral again: what closing gave up is promised again, with its old date.

    Raises AlreadyReferredError where another referral brought this person meanwhile, and
    FactUndoneError where what it counted for was undone.
    """
    referral = _locked(referral_id)
    if referral.state != ReferralState.CLOSED:
        return referral
    others = Referral.objects.filter(referee=referral.referee_id, state__in=OPEN_STATES)
    if others.exists():
        raise AlreadyReferredError
    reopening.check(referral=referral)
    closed_at, referral.closed_at = referral.closed_at or now, None
    referral.save(update_fields=["closed_at"])
    state = reopening.state_after(referral=referral)
    referrals.settle(referral=referral, state=state, now=now)
    reopening.promise_again(referral=referral, now=now)
    granting.promise_again(referral=referral, closed_at=closed_at, now=now)
    if state == ReferralState.HELD:
        suspecting.without_dates(referral=referral)
    _note(Code.REOPENED_BY_HAND, referral, author_id, now)
    return referral


@atomic_with_retry
def remove_referral(
    *, referral_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime
) -> Referral:
    """Take a referral back: what both sides got for it is reversed, and both are told (OF-04).

    One that does not count any more is answered as it is. Raises UnknownReferralError.
    """
    referral = _locked(referral_id)
    if referral.state not in OPEN_STATES:
        return referral
    reversing.take_back_all(referral=referral, now=now)
    referrals.settle(referral=referral, state=ReferralState.REVERSED, now=now)
    _note(Code.REMOVED_BY_HAND, referral, author_id, now)
    return referral


def _locked(referral_id: uuid.UUID) -> Referral:
    """The referral, after its referee: whoever brings a fact of theirs locks in this order."""
    referee = Profile.objects.select_for_update(of=("self",), no_key=True)
    list(referee.filter(referrals_received=referral_id).values_list("id"))
    rows = Referral.objects.select_for_update(of=("self",)).select_related("referrer", "referee")
    referral = rows.filter(id=referral_id).first()
    if referral is None:
        raise UnknownReferralError
    return referral


def _check_day(day: date | None, now: datetime) -> None:
    if day is not None and day > dates.local(now).date():
        raise ReferralDateError(
            _("Indiquez la date du parrainage, au plus tard aujourd’hui."), param="referred_on"
        )


def _note(code: str, referral: Referral, author_id: uuid.UUID | None, now: datetime) -> None:
    decisions.note(
        code=code,
        now=now,
        profile=referral.referrer,
        order=referral.order,
        referral=referral,
        author_id=author_id,
    )
