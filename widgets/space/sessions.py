"""Open spaces: a random text in a cookie of this exact host, its hash in the merchant's schema.

A cookie of another merchant names no row here, so it opens nothing (R27, R29).
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse

from kernel.db import atomic_with_retry
from tenants.profiles import contacts
from tenants.profiles.models import Profile
from widgets.models import SpaceSession
from widgets.space.entering import forget_old_links

COOKIE = "__Host-espace"
LASTS = timedelta(days=30)


@atomic_with_retry
def open_session(*, profile: Profile, now: datetime) -> str:
    """Open a customer's space in one browser; the cookie's value. Always a new one (R29)."""
    token = secrets.token_urlsafe(32)
    SpaceSession.objects.create(
        token_hash=_hash(token), profile=profile, created_at=now, expires_at=now + LASTS
    )
    contacts.note(profile_id=profile.id, at=now)
    # Opening is rare enough to sweep by the way.
    SpaceSession.objects.filter(expires_at__lt=now).delete()
    forget_old_links(now=now)
    return token


def session_of(*, token: str, now: datetime) -> SpaceSession | None:
    """The open session that a cookie names here, with its profile, or None."""
    if not token:
        return None
    return (
        SpaceSession.objects.select_related("profile")
        .filter(token_hash=_hash(token), revoked_at=None, expires_at__gt=now)
        .first()
    )


def revoke(*, session: SpaceSession, now: datetime) -> None:
    """Close one browser's session for good."""
    SpaceSession.objects.filter(id=session.id, revoked_at=None).update(revoked_at=now)


def revoke_all(*, profile: Profile, now: datetime) -> int:
    """Close a customer's space everywhere; how many browsers had it open."""
    return SpaceSession.objects.filter(profile=profile, revoked_at=None).update(revoked_at=now)


def note_seen(*, session: SpaceSession, available: int) -> bool:
    """Remember the balance that is shown; True when it has risen since it was last shown."""
    before = session.seen_available
    if before != available:
        SpaceSession.objects.filter(id=session.id).update(seen_available=available)
    return before is not None and available > before


def token_in(request: HttpRequest) -> str:
    return str(request.COOKIES.get(COOKIE, ""))


def set_cookie(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=LASTS, secure=True, httponly=True, samesite="Lax", path="/"
    )


def drop_cookie(response: HttpResponse) -> None:
    # `delete_cookie` knows Secure for __Host- names.
    response.delete_cookie(COOKIE, path="/", samesite="Lax")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
