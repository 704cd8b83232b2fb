"""Logging in and out on a tenant's host."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import login as steps
from accounts.access import current_membership, safe_next
from accounts.forms import CodeForm, LogInForm
from accounts.models import User
from accounts.services.second_factor import WrongCodeError, check_code
from accounts.throttles import ThrottledError, axes_account, counted_address, forget, hit
from accounts.views.pages import form_status, page, throttled, too_often

# Beside django-axes (one account from one address): all addresses that try one account, and all
# accounts that one address tries.
_HOUR = timedelta(hours=1)
_PER_ACCOUNT = 50
_PER_ADDRESS = 200
WRONG_CODE = gettext_lazy(
    "Ce code ne correspond pas. Saisissez celui que votre application affiche."
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Email and password. Every refusal has the same words (R33)."""
    target = safe_next(request, settings.LOGIN_REDIRECT_URL)
    if request.method != "POST" and current_membership(request) is not None:
        return HttpResponseRedirect(target)
    form = LogInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            _count(request, email)
        except ThrottledError as error:
            return too_often(request, error)
        user = authenticate(request, username=email, password=form.cleaned_data["password"])
        if isinstance(user, User):
            forget(action="log-in-account", subject=email.lower())
            return steps.proceed(request, user, target=target)
        form.add_error(
            None,
            _(
                "L’adresse ou le mot de passe ne correspond pas. Vérifiez les deux, "
                "ou choisissez un nouveau mot de passe."
            ),
        )
    return page(request, "log_in", status=form_status(form), form=form, next=target)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code, after the password."""
    return answer_code(request, waiting=steps.pending(request), open_session=steps.open_session)


def answer_code(
    request: HttpRequest,
    *,
    waiting: tuple[User, str] | None,
    open_session: Callable[[HttpRequest, User], object],
) -> HttpResponse:
    """The page that asks for the code of whoever `waiting` names, and where they go then.

    The hosts differ in whom they let wait and in the session that the right code opens.
    """
    if waiting is None:
        return HttpResponseRedirect(reverse("account_login"))
    user, target = waiting
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_code(user=user, code=form.cleaned_data["code"], now=timezone.now())
        except ThrottledError as error:
            return too_often(request, error)
        except WrongCodeError:
            form.add_error("code", WRONG_CODE)
        else:
            open_session(request, user)
            return HttpResponseRedirect(target)
    return page(request, "second_factor", status=form_status(form), form=form)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    messages.success(request, _("Votre session est fermée."))
    return HttpResponseRedirect(reverse("account_login"))


def locked_out(
    request: HttpRequest,
    _response: HttpResponse | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """django-axes' answer after too many wrong passwords: for an account that exists or not."""
    last = AccessAttempt.objects.filter(
        username=axes_account(request, credentials), ip_address=counted_address(request)
    ).aggregate(at=Max("attempt_time"))["at"]
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    if last is not None:
        seconds -= int((timezone.now() - last).total_seconds())
    return throttled(request, retry_after=max(1, seconds))


def _count(request: HttpRequest, email: str) -> None:
    now = timezone.now()
    address = counted_address(request)
    hit(action="log-in-address", subject=address, limit=_PER_ADDRESS, window=_HOUR, now=now)
    account = email.lower()
    hit(action="log-in-account", subject=account, limit=_PER_ACCOUNT, window=_HOUR, now=now)
