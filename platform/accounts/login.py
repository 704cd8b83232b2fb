"""From a checked password to an open session, by way of the second factor."""

import time

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.middleware import SEEN_KEY, place_of
from accounts.models import User
from accounts.services.second_factor import is_on
from accounts.sessions import OPENED_KEY, TENANT_KEY

_PENDING = "pending_login"
# How long a person may look for their phone after the password.
_PATIENCE = 600


def proceed(request: HttpRequest, user: User, *, target: str) -> HttpResponse:
    """After the password: ask for a code if this person has two-factor, else open the session."""
    if not is_on(user):
        open_session(request, user)
        return HttpResponseRedirect(target)
    owe_code(request, user, target=target)
    return HttpResponseRedirect(reverse("account_second_factor"))


def owe_code(request: HttpRequest, user: User, *, target: str) -> None:
    """Remember who gave the right password on this host, and where they were going."""
    # R29: the session changes at every step, so that a key planted before is worth nothing.
    request.session.cycle_key()
    request.session[_PENDING] = {
        "user": str(user.pk),
        "password": user.get_session_auth_hash(),
        "until": int(time.time()) + _PATIENCE,
        "next": target,
    }


def owing(request: HttpRequest) -> tuple[User, str] | None:
    """Who gave the right password on this host and owes a code, and where they were going."""
    state = request.session.get(_PENDING)
    if not state or state["until"] < time.time():
        return None
    user = User.objects.filter(pk=state["user"], is_active=True).first()
    if user is None or state["password"] != user.get_session_auth_hash():
        return None
    return user, str(state["next"])


def pending(request: HttpRequest) -> tuple[User, str] | None:
    """As `owing`, of who is a member of this host's merchant."""
    waiting, place = owing(request), place_of(request)
    if waiting is None or place is None:
        return None
    return waiting if waiting[0].memberships.filter(tenant_id=place).exists() else None


def open_session(request: HttpRequest, user: User) -> None:
    """Log in: a new session key, tied to this tenant."""
    request.session.pop(_PENDING, None)
    login(request, user, backend="accounts.backends.MemberBackend")
    request.session[TENANT_KEY] = place_of(request)
    request.session[OPENED_KEY] = request.session[SEEN_KEY] = int(time.time())
