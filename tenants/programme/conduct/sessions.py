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
from tenants.programme import earning


@dataclass(frozen=True, slots=True)
class SessionOutcome:
    """What became of a session: the row, and what it earned now, if anything."""

    session: Session
    created: bool
    earning: Earning | None = None


@atomic_with_retry
def session_booked(*, session: SessionInput, now: datetime) -> SessionOutcome:
    """Take in a booking; the same one again changes nothing but its date.

    Raises the errors of `activity.booking`.
    """
    booking.check_session(session=session, now=now)
    kind = booking.type_of(session.type_key)
    profile, _ = profiles.find_or_create(identity=session.customer, source=session.source, now=now)
    row, created = booking.record_session(
        session=session, session_type=kind, profile=profile, now=now
    )
    return SessionOutcome(session=row, created=created)


@atomic_with_retry
def session_validated(*, session_id: str, at: datetime, now: datetime) -> SessionOutcome:
    """The session took place: it earns what its type does. Twice is once."""
    profile = _lock_customer(session_id)
    row, changed = booking.validate_session(external_id=session_id, at=at, now=now)
    if not changed or profile is None or row.is_test:
        return SessionOutcome(session=row, created=False)
    earned = earning.earn(fact=earning.of_session(row, profile), now=now)
    return SessionOutcome(session=row, created=False, earning=earned)


@atomic_with_retry
def session_cancelled(*, session_id: str, at: datetime, now: datetime) -> SessionOutcome:
    """Cancel a session: what it earned is taken back. Twice is once."""
    profile = _lock_customer(session_id)
    row, changed = booking.cancel_session(external_id=session_id, at=at, now=now)
    if changed and profile is not None and row.validated_at is not None and not row.is_test:
        earning.take_back(
            fact=earning.of_session(row, profile),
            kept=0,
            whole=1,
            source=f"session_cancelled:{row.id}",
            now=now,
        )
    return SessionOutcome(session=row, created=False)


def _lock_customer(session_id: str) -> Profile | None:
    """The customer, then the session: every road takes its locks in this order."""
    rows = Profile.objects.select_for_update(of=("self",))
    return rows.filter(sessions__external_id=session_id).first()
