"""From a checked password to an open session, by way of the second factor."""

import time

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.middleware import SEEN_KEY, place_of
from accounts.models import Membership, User
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
    # R29: the session changes at every step, so that a key planted before is worth nothing.
    request.session.cycle_key()
    request.session[_PENDING] = {
        "user": str(user.pk),
        "password": user.get_session_auth_hash(),
        "until": int(time.time()) + _PATIENCE,
        "next": target,
    }
    return HttpResponseRedirect(reverse("account_second_factor"))


def pending(request: HttpRequest) -> tuple[User, str] | None:
    """Who has given a right password here and owes a code, and where they were going."""
    state = request.session.get(_PENDING)
    if not state or state["until"] < time.time():
        return None
    user = User.objects.filter(pk=state["user"], is_active=True).first()
    if user is None or state["password"] != user.get_session_auth_hash():
        return None
    place = place_of(request)
    if place is None or not Membership.objects.filter(user=user, tenant_id=place).exists():
        return None
    return user, str(state["next"])


def open_session(request: HttpRequest, user: User) -> None:
    """Log in: a new session key, tied to this tenant."""
    request.session.pop(_PENDING, None)
    login(request, user, backend="accounts.backends.MemberBackend")
    request.session[TENANT_KEY] = place_of(request)
    request.session[OPENED_KEY] = request.session[SEEN_KEY] = int(time.time())
