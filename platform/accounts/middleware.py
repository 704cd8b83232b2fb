"""Ties a session to the tenant it was opened on."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.sessions import OPENED_KEY, TENANT_KEY

SEEN_KEY = "seen_at"
# The time of last use is written at most this often: one write in five minutes, not one a page.
_SEEN_EVERY = 300


class TenantSessionMiddleware:
    """R29: a session that was opened on one tenant is nobody's on any other.

    A cookie replayed on another host finds its session emptied, there and where it came from:
    browsers do not send a `__Host-` cookie elsewhere, so somebody copied it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Requests without the cookie (scripts, API) cost nothing here.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _check(request)
        response = self.get_response(request)
        session = request.session
        if session.modified and not session.is_empty() and TENANT_KEY not in session:
            session[TENANT_KEY] = place_of(request)
        return response


def place_of(request: HttpRequest) -> str | None:
    """What a session is tied to: the tenant's id, the console, or None on the platform's host."""
    tenant = getattr(request, "tenant", None)
    return str(tenant.id) if tenant is not None else getattr(request, "place", None)


def _check(request: HttpRequest) -> None:
    session = request.session
    if session.is_empty():
        return
    if TENANT_KEY not in session or session[TENANT_KEY] != place_of(request) or _over(request):
        session.flush()
        request.user = AnonymousUser()
        return
    if USER_KEY in session and request.user.is_authenticated:
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()


def _over(request: HttpRequest) -> bool:
    """Whether this log-in is too old, or nobody used it for too long; notes that it is used now."""
    session = request.session
    if USER_KEY not in session:
        return False
    now = int(time.time())
    longest, idle = settings.ACCOUNTS_STRICTER_PLACES.get(
        place_of(request) or "",
        (timedelta(seconds=settings.SESSION_COOKIE_AGE), settings.ACCOUNTS_SESSION_IDLE),
    )
    # Saving moves the row's own expiry; the age of the log-in itself does not move.
    if now - int(session.get(OPENED_KEY, 0)) > longest.total_seconds():
        return True
    idle_for = now - int(session.get(SEEN_KEY, 0))
    if idle_for > idle.total_seconds():
        return True
    if idle_for > _SEEN_EVERY:
        session[SEEN_KEY] = now
    return False
