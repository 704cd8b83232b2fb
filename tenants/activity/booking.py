"""Storing sessions: booked, validated, cancelled, each of them once (FS-06).

Whoever calls holds the customer's lock; the session's comes after it.
"""

import uuid
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from shell.text import hyphenated
from tenants.activity.models import Session, SessionState, SessionType
from tenants.activity.services import FutureOrderError, lies_in_future
from tenants.activity.types import SessionInput
from tenants.profiles.models import Profile


class InvalidSessionError(InvalidInputError):
    """The session cannot be taken as it is."""

    code = "invalid_session"
    words = gettext_lazy("Cette séance ne peut pas être prise telle quelle.")


class UnknownSessionTypeError(InvalidInputError):
    """There is no such type of session, or it is not offered any more."""

    code = "unknown_session_type"
    words = gettext_lazy("Ce type de séance n’existe pas.")


class SessionChangedError(ConflictError):
    """A session of this id was received before, with other contents."""

    code = "session_already_received"
    words = gettext_lazy("Cette séance est déjà connue, avec un autre contenu.")


class UnknownSessionError(NotFoundError):
    """No session of this id was received."""

    code = "unknown_session"
    words = gettext_lazy("Aucune séance ne porte ce numéro.")


class SessionCancelledError(ConflictError):
    """A cancelled session cannot be validated."""

    code = "session_cancelled"
    words = gettext_lazy("Cette séance est annulée : réservez-en une autre.")


class SessionTypeTakenError(ConflictError):
    """Another type of session has this name."""

    code = "session_type_taken"
    words = gettext_lazy("Un autre type de séance porte déjà ce nom. Choisissez-en un autre.")


def type_of(key: str) -> SessionType:
    """The type that programs call `key`; UnknownSessionTypeError names those there are."""
    found = SessionType.objects.filter(key=key, active=True).first() if key else None
    if found is None:
        known = SessionType.objects.filter(active=True).values_list("key", flat=True)
        raise UnknownSessionTypeError(
            _("Indiquez un type de séance qui existe : %(known)s.")
            % {"known": ", ".join(known) or _("aucun pour l’instant")},
            param="type",
        )
    return found


def check_session(*, session: SessionInput, now: datetime) -> None:
    """Raise the error that says what to mend, before anything is written."""
    if not session.external_id.strip():
        raise InvalidSessionError(_("Indiquez l’identifiant de la séance."), param="id")
    if lies_in_future(session.booked_at, now=now):
        raise FutureOrderError(_("La date de la réservation est dans le futur."), param="booked_at")


@atomic_with_retry
def record_session(
    *, session: SessionInput, session_type: SessionType, profile: Profile, now: datetime
) -> tuple[Session, bool]:
    """Store a booking unless its id was stored before; returns (session locked, is new).

    The same booking again is the stored one, on its new date where that moved; another customer
    or type raises SessionChangedError.
    """
    row = Session(
        external_id=session.external_id,
        profile=profile,
        type=session_type,
        booked_at=session.booked_at,
        takes_place_at=session.takes_place_at,
        received_at=now,
        source=session.source,
        state=SessionState.BOOKED,
        is_test=session.is_test,
        referral_code=session.referral_code.strip(),
        click_id=session.click_id,
    )
    if insert_if_absent([row]):
        return row, True
    stored = Session.objects.select_for_update().get(
        external_id=session.external_id, is_test=session.is_test
    )
    if stored.profile_id != profile.id:
        raise SessionChangedError(param="id")
    if stored.type_id != session_type.id:
        raise SessionChangedError(param="type")
    moved = session.takes_place_at
    if moved is not None and moved != stored.takes_place_at and stored.state == SessionState.BOOKED:
        stored.takes_place_at = moved
        stored.save(update_fields=["takes_place_at"])
    return stored, False


@atomic_with_retry
def validate_session(
    *, external_id: str, at: datetime, now: datetime, of_test: bool = False
) -> tuple[Session, bool]:
    """Mark a session validated: (session locked, was not before). Twice is once."""
    row = _locked(external_id, of_test)
    if row.state == SessionState.VALIDATED:
        return row, False
    if row.state == SessionState.CANCELLED:
        raise SessionCancelledError
    if lies_in_future(at, now=now):
        raise FutureOrderError(
            _("La date de la validation est dans le futur."), param="validated_at"
        )
    row.state, row.validated_at = SessionState.VALIDATED, at
    row.save(update_fields=["state", "validated_at"])
    return row, True


@atomic_with_retry
def cancel_session(
    *, external_id: str, at: datetime, now: datetime, of_test: bool = False
) -> tuple[Session, bool]:
    """Cancel a session, booked or validated: (session locked, was not before). Twice is once."""
    row = _locked(external_id, of_test)
    if row.state == SessionState.CANCELLED:
        return row, False
    if lies_in_future(at, now=now):
        raise FutureOrderError(
            _("La date de l’annulation est dans le futur."), param="cancelled_at"
        )
    row.state, row.cancelled_at = SessionState.CANCELLED, at
    row.save(update_fields=["state", "cancelled_at"])
    return row, True


@atomic_with_retry
def save_type(
    *, now: datetime, name: str, type_id: uuid.UUID | None = None, key: str = ""
) -> SessionType:
    """Make a type of session, or rename it; its key, once made, stays what programs know.

    Raises SessionTypeTakenError where the name is taken, whatever its case.
    """
    name = " ".join(name.split())
    if not name:
        raise InvalidSessionError(_("Donnez un nom, par exemple Portrait."), param="name")
    others = SessionType.objects.exclude(id=type_id) if type_id else SessionType.objects.all()
    if others.filter(name__iexact=name).exists():
        raise SessionTypeTakenError(
            _("Un type de séance porte déjà ce nom : %(name)s. Choisissez-en un autre.")
            % {"name": name},
            param="name",
        )
    if type_id is not None:
        row = SessionType.objects.select_for_update().get(id=type_id)
        row.name = name
        row.save(update_fields=["name"])
        return row
    last = SessionType.objects.aggregate(last=Max("position"))["last"]
    row = SessionType(
        key=_free_key(key or name),
        name=name,
        position=0 if last is None else last + 1,
        created_at=now,
    )
    if not insert_if_absent([row]):
        raise SessionTypeTakenError(param="name")
    return row


@atomic_with_retry
def offer_type(*, type_id: uuid.UUID, active: bool) -> SessionType:
    """Offer a type again, or no more: sessions that have it keep it."""
    row = SessionType.objects.select_for_update().get(id=type_id)
    row.active = active
    row.save(update_fields=["active"])
    return row


def _free_key(text: str) -> str:
    base = hyphenated(text)[:32].strip("-") or "seance"
    taken = set(SessionType.objects.filter(key__startswith=base).values_list("key", flat=True))
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _locked(external_id: str, of_test: bool) -> Session:
    row = (
        Session.objects.select_for_update(of=("self",))
        .select_related("type")
        .filter(external_id=external_id, is_test=of_test)
        .first()
    )
    if row is None:
        raise UnknownSessionError
    return row
