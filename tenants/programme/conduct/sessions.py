"""Sessions: booked, validated, cancelled (FS-06, FS-10)."""

from dataclasses import dataclass
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.activity import booking
from tenants.activity.models import Session
from tenants.activity.types import SessionInput
from tenants.loyalty.models import Earning
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import earning, referring, reversing
from tenants.programme.models import Reward
from tenants.referrals.facts import Clues, Fact
from tenants.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class SessionOutcome:
    """What became of a session: the row, what it earned now, and the referral it made or moved."""

    session: Session
    created: bool
    earning: Earning | None = None
    referral: Referral | None = None
    rewards: tuple[Reward, ...] = ()


@atomic_with_retry
def session_booked(*, session: SessionInput, now: datetime) -> SessionOutcome:
    """Take in a booking: customer, session, attribution. The same one again only moves its date.

    What is told of who sent the customer is kept for the day the session counts. Raises the
    errors of `activity.booking`.
    """
    booking.check_session(session=session, now=now)
    kind = booking.type_of(session.type_key)
    profile, newcomer = profiles.find_or_create(
        identity=session.customer, source=session.source, now=now
    )
    row, created = booking.record_session(
        session=session, session_type=kind, profile=profile, now=now
    )
    if not created or row.is_test:
        return SessionOutcome(session=row, created=created)
    found = referring.attribute(
        fact=Fact.of_booking(row), profile=profile, clues=_clues(row), newcomer=newcomer, now=now
    )
    return SessionOutcome(session=row, created=True, referral=found.referral, rewards=found.rewards)


@atomic_with_retry
def session_validated(
    *, session_id: str, at: datetime, now: datetime, of_test: bool = False
) -> SessionOutcome:
    """The session took place: the referral that waits for it counts, and it earns (FS-10, FS-12).

    Twice is once. `of_test` means the test's, where a real session has its number too.
    """
    profile = _lock_customer(session_id, of_test)
    row, changed = booking.validate_session(external_id=session_id, at=at, of_test=of_test, now=now)
    if not changed or profile is None or row.is_test:
        return SessionOutcome(session=row, created=False)
    found = referring.attribute(
        fact=Fact.of_validation(row), profile=profile, clues=_clues(row), now=now
    )
    # After the referral, which locks both wallets together by their keys.
    earned = earning.earn(fact=earning.of_session(row, profile), now=now)
    return SessionOutcome(
        session=row,
        created=False,
        earning=earned,
        referral=found.referral,
        rewards=found.rewards,
    )


@atomic_with_retry
def session_cancelled(
    *, session_id: str, at: datetime, now: datetime, of_test: bool = False
) -> SessionOutcome:
    """Cancel a session: what it earned, and what its referral granted, is taken back.

    Twice is once. `of_test` as for `session_validated`.
    """
    profile = _lock_customer(session_id, of_test)
    row, changed = booking.cancel_session(external_id=session_id, at=at, of_test=of_test, now=now)
    if not changed or profile is None or row.is_test:
        return SessionOutcome(session=row, created=False)
    reversing.session_cancelled(session=row, now=now)
    if row.validated_at is not None:
        earning.take_back(
            fact=earning.of_session(row, profile),
            kept=0,
            whole=1,
            source=f"session_cancelled:{row.id}",
            now=now,
        )
    return SessionOutcome(session=row, created=False)


def _clues(row: Session) -> Clues:
    return Clues(typed_code=row.referral_code, click_id=row.click_id)


def _lock_customer(session_id: str, of_test: bool) -> Profile | None:
    """The customer, then the session: every road takes its locks in this order."""
    rows = Profile.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(sessions__external_id=session_id, sessions__is_test=of_test).first()
