"""The way into the console: a password, a code; for a new operator, a link that sets both."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import safe_next
from accounts.forms import CodeForm, LogInForm, NewPasswordForm
from accounts.login import owe_code
from accounts.services.one_time_links import UnknownLinkError
from accounts.services.passwords import WeakPasswordError
from accounts.services.second_factor import WrongCodeError, is_on, new_secret
from accounts.throttles import ThrottledError
from accounts.views.login import WRONG_CODE, answer_code
from accounts.views.pages import enrolment, form_status, link_over, too_often
from console import access
from console.services import operators
from console.visits import services as visits

_SECRET = "console_secret"  # noqa: S105 - the name of a session's entry


class BeginForm(NewPasswordForm, CodeForm):
    field_order = ["password", "code"]


def _page(request: HttpRequest, name: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"console/{name}.html", context, status=status)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Email and password. Every refusal has the same words (R33)."""
    target = safe_next(request, "/")
    if request.method != "POST" and access.operator_of(request) is not None:
        return HttpResponseRedirect(target)
    form = LogInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = access.password_is_right(
                request,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
            )
        except ThrottledError as error:
            return too_often(request, error)
        if user is not None and not is_on(user):
            return _page(request, "no_second_factor", status=403)
        if user is not None:
            owe_code(request, user, target=target)
            return HttpResponseRedirect(reverse("account_second_factor"))
        form.add_error(
            None,
            _("L’adresse ou le mot de passe ne correspond pas, ou n’ouvre pas la console."),
        )
    return _page(request, "log_in", status=form_status(form), form=form, next=target)


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code, after the password."""
    return answer_code(request, waiting=access.pending(request), open_session=access.open_session)


@sensitive_post_parameters("password", "code")
@sensitive_variables("token", "secret")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """A new operator's link: sets a password and a second factor, and opens the console."""
    posted = request.method == "POST"
    secret = str(request.session.get(_SECRET, ""))
    form = BeginForm(request.POST if posted else None)
    try:
        user = operators.person_of(token=token, now=timezone.now())
        if not posted or not secret:
            secret = request.session[_SECRET] = new_secret()
        if form.is_valid():
            user, codes = operators.begin(
                token=token,
                password=form.cleaned_data["password"],
                secret=secret,
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
            del request.session[_SECRET]
            access.open_session(request, user)
            return _page(request, "recovery_codes", codes=codes)
    except UnknownLinkError:
        return link_over(request)
    except ThrottledError as error:
        return too_often(request, error)
    except WrongCodeError:
        form.add_error("code", WRONG_CODE)
    except WeakPasswordError as error:
        for sentence in error.sentences:
            form.add_error("password", sentence)
    return _page(
        request,
        "begin",
        status=form_status(form),
        form=form,
        person=user,
        **enrolment(user, secret),
    )


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End this session, and whatever back office is being looked at."""
    operator = access.operator_of(request)
    if operator is not None:
        visits.end_all(operator_id=operator.id, now=timezone.now())
    logout(request)
    return HttpResponseRedirect(reverse("account_login"))
