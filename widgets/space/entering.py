"""Ways into a customer's space: asking for a link, its six digits, and the links of emails.

Whoever asks gets the same answer in the same time, known or not (R33): one row and one event are
written in any case, and only the worker that answers the event sees whether somebody is there.
"""

import uuid
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.crypto import constant_time_compare

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, NotFoundError
from kernel.outbox.services import emit
from tenants.messaging.links import Purpose, code_for, read_token
from tenants.messaging.models import Email
from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.profiles.selectors import by_email
from widgets.models import LinkPurpose, SpaceLink

EVENT_KIND = "widgets.space_link"
ASKED_FOR = timedelta(minutes=30)
EMAILED_FOR = timedelta(days=7)
MOST_TRIES = 5


class LinkOverError(NotFoundError):
    """This link is unknown, was used, or is too old: ask for a new one."""

    code = "space_link_over"
    status = 410


class WrongCodeError(ConflictError):
    """This code is not the one, was used, or is too old."""

    code = "space_code_wrong"


def ask(*, email: str, now: datetime) -> uuid.UUID:
    """Ask for a link and a code; the id under which the code is typed. InvalidEmailError."""
    address_key = emails.key(emails.clean(email))
    profile = by_email(email=address_key)
    return _open_link(profile=profile, now=now)


@atomic_with_retry
def _open_link(*, profile: Profile | None, now: datetime) -> uuid.UUID:
    link = SpaceLink.objects.create(
        purpose=LinkPurpose.ASKED, profile=profile, created_at=now, expires_at=now + ASKED_FOR
    )
    emit(kind=EVENT_KIND, payload={"link_id": str(link.id)}, now=now, key=f"space-link:{link.id}")
    return link.id


def enter_by_code(*, link_id: uuid.UUID, digits: str, now: datetime) -> Profile:
    """Use a link by its six digits; five tries, then it is over. WrongCodeError."""
    # Counted before it is looked at, and apart: a hundred tries at once are five tries.
    link = SpaceLink.objects.filter(
        id=link_id, used_at=None, expires_at__gt=now, tries__lt=MOST_TRIES
    )
    counted = link.update(tries=F("tries") + 1)
    typed = "".join(char for char in digits if char.isdigit())
    if not constant_time_compare(typed, code_for(row_id=link_id)) or not counted:
        raise WrongCodeError
    return _enter(link_id, now)


@atomic_with_retry
def _enter(link_id: uuid.UUID, now: datetime) -> Profile:
    link = SpaceLink.objects.select_for_update().get(id=link_id)
    if link.used_at or link.profile_id is None:
        raise WrongCodeError
    return _use(link, link.profile_id, now)


def can_enter(*, token: str, now: datetime) -> bool:
    """Whether a link would open the space now. Looking at it uses nothing: mail scanners look."""
    link = _asked(token)
    if link is not None:
        return link.used_at is None and link.expires_at > now and link.profile_id is not None
    email = _emailed(token, now)
    return email is not None and not SpaceLink.objects.filter(id=email.id).exists()


def is_for(*, token: str, profile: Profile) -> bool:
    """Whether a link, used or not, was made for this person."""
    link = _asked(token)
    if link is not None:
        return link.profile_id == profile.id
    email_id = read_token(purpose=Purpose.EMAIL, token=token)
    return email_id is not None and Email.objects.filter(id=email_id, profile=profile).exists()


@atomic_with_retry
def enter_by_link(*, token: str, now: datetime) -> Profile:
    """Use a link: it opens the space of the person it was made for, once. LinkOverError."""
    link = _asked(token, lock=True)
    if link is not None:
        if link.used_at or link.expires_at <= now or link.profile_id is None:
            raise LinkOverError
        return _use(link, link.profile_id, now)
    email = _emailed(token, now)
    if email is None or email.profile is None:
        raise LinkOverError
    # The row is the proof of use: of two taps at once, one writes it.
    _used, first = SpaceLink.objects.get_or_create(
        id=email.id,
        defaults={
            "purpose": LinkPurpose.EMAIL,
            "profile": email.profile,
            "created_at": now,
            "expires_at": now,
            "used_at": now,
        },
    )
    if not first:
        raise LinkOverError
    return email.profile


def forget_old_links(*, now: datetime) -> int:
    """Delete links that can open nothing any more; a used one stays as long as its email's."""
    return SpaceLink.objects.filter(expires_at__lt=now - EMAILED_FOR * 2).delete()[0]


def _asked(token: str, *, lock: bool = False) -> SpaceLink | None:
    link_id = read_token(purpose=Purpose.ASKED, token=token)
    if link_id is None:
        return None
    links = SpaceLink.objects.select_for_update() if lock else SpaceLink.objects
    return links.filter(id=link_id, purpose=LinkPurpose.ASKED).first()


def _emailed(token: str, now: datetime) -> Email | None:
    email_id = read_token(purpose=Purpose.EMAIL, token=token)
    if email_id is None:
        return None
    return (
        Email.objects.select_related("profile")
        .filter(
            id=email_id,
            profile__isnull=False,
            # What was forgotten has no space any more, whatever old email is opened.
            profile__erased_at=None,
            queued_at__gt=now - EMAILED_FOR,
        )
        .first()
    )


def _use(link: SpaceLink, profile_id: uuid.UUID, now: datetime) -> Profile:
    link.used_at = now
    link.save(update_fields=["used_at"])
    return Profile.objects.get(id=profile_id)
