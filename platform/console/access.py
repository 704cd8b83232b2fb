"""Who may open the console: staff, here, with a second factor that this session has shown."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import login as steps
from accounts.models import User
from accounts.places import CONSOLE
from accounts.services.second_factor import is_on
from accounts.sessions import TENANT_KEY
from accounts.throttles import counted_address, forget, hit
from console.models import Act
from console.services.trail import note

PASSED_KEY = "second_factor_of"
_HOUR = timedelta(hours=1)
_QUARTER = timedelta(minutes=15)


def here(request: HttpRequest) -> bool:
    """Whether this request came to the console's own address."""
    return getattr(request, "place", None) == str(CONSOLE)


def operator_of(request: HttpRequest) -> User | None:
    """The operator of this request; None for everybody else. Read anew at every request."""
    user = request.user
    if not here(request) or not isinstance(user, User):
        return None
    session = request.session
    if session.get(TENANT_KEY) != str(CONSOLE) or session.get(PASSED_KEY) != str(user.pk):
        return None
    if not (user.is_active and user.is_staff and is_on(user)):
        return None
    return user


def password_is_right(request: HttpRequest, *, email: str, password: str) -> User | None:
    """The operator of this address and password, or None: the same steps whoever it is (R33).

    Raises ThrottledError: sixty tries of one address in an hour, five of one account from one
    address in a quarter of an hour, fifty of one account in an hour. A try that is refused is not
    counted by what stands behind: one browser cannot lock an operator out everywhere.
    """
    now, address, account = timezone.now(), counted_address(request), email.strip().lower()
    pair = f"{account}|{address}"
    hit(action="console-address", subject=address, limit=60, window=_HOUR, now=now)
    hit(action="console-pair", subject=pair, limit=5, window=_QUARTER, now=now)
    hit(action="console-account", subject=account, limit=50, window=_HOUR, now=now)
    user = User.objects.by_email(email).first()
    if user is None:
        User().set_password(password)
        return None
    right = user.check_password(password)
    if not (right and user.is_active and user.is_staff):
        return None
    forget(action="console-pair", subject=pair)
    return user


def pending(request: HttpRequest) -> tuple[User, str] | None:
    """Which operator gave a right password here and owes a code, and where they were going."""
    waiting = steps.owing(request)
    return waiting if waiting is not None and here(request) and waiting[0].is_staff else None


def open_session(request: HttpRequest, user: User) -> None:
    """Log in, once the second factor is shown: a new key, tied to the console."""
    steps.open_session(request, user)
    request.session[PASSED_KEY] = str(user.pk)
    with transaction.atomic():
        note(act=Act.LOGGED_IN, operator=user, now=timezone.now())
