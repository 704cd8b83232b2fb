"""Two-factor: switching it on and off, and its recovery codes.

Not for operators: what opens the console is set by its own link, and a password with a session at
a merchant's address must not be enough to make a second factor of one's own.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import member_required
from accounts.forms import ConfirmForm, SwitchOnForm
from accounts.proofs import password_proved
from accounts.services.second_factor import (
    AlreadyOnError,
    WrongCodeError,
    is_on,
    new_secret,
    renew_recovery_codes,
    switch_off,
    switch_on,
)
from accounts.throttles import ThrottledError
from accounts.views.login import WRONG_CODE
from accounts.views.pages import enrolment, form_status, page, person, too_often

_SECRET = "two_factor_secret"  # noqa: S105 - the name of a session's entry

View = Callable[[HttpRequest], HttpResponse]


def _not_of_operators(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if person(request).is_staff:
            return page(request, "two_factor_elsewhere", status=403)
        return view(request)

    return guarded


@sensitive_post_parameters("current", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@_not_of_operators
def on(request: HttpRequest) -> HttpResponse:
    """Shows the QR code, takes a first code and the password, and shows the recovery codes once."""
    user = person(request)
    if is_on(user):
        return HttpResponseRedirect(reverse("accounts:profile"))
    posted = request.method == "POST"
    secret = request.session.get(_SECRET)
    if not posted or not secret:
        secret = request.session[_SECRET] = new_secret()
    form = SwitchOnForm(request.POST if posted else None)
    try:
        if form.is_valid() and password_proved(form, user=user):
            codes = switch_on(
                user=user, secret=secret, code=form.cleaned_data["code"], now=timezone.now()
            )
            del request.session[_SECRET]
            # R29: the session changes with the second factor.
            request.session.cycle_key()
            return page(request, "recovery_codes", codes=codes, first=True)
    except ThrottledError as error:
        return too_often(request, error)
    except AlreadyOnError:
        return HttpResponseRedirect(reverse("accounts:profile"))
    except WrongCodeError:
        form.add_error("code", WRONG_CODE)
    return page(
        request,
        "two_factor_on",
        status=form_status(form),
        form=form,
        **enrolment(user, secret),
    )


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@_not_of_operators
def off(request: HttpRequest) -> HttpResponse:
    """Switches two-factor off, once the password is given again."""
    user = person(request)
    if not is_on(user):
        return HttpResponseRedirect(reverse("accounts:profile"))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid() and password_proved(form, user=user):
            switch_off(user=user, now=timezone.now())
            request.session.cycle_key()
            messages.success(request, _("Validation en deux étapes désactivée."))
            return HttpResponseRedirect(reverse("accounts:profile"))
    except ThrottledError as error:
        return too_often(request, error)
    return page(request, "two_factor_off", status=form_status(form), form=form)


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@_not_of_operators
def new_codes(request: HttpRequest) -> HttpResponse:
    """Replaces the recovery codes, and shows the new ones once."""
    user = person(request)
    if not is_on(user):
        return HttpResponseRedirect(reverse("accounts:profile"))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid() and password_proved(form, user=user):
            codes = renew_recovery_codes(user=user)
            return page(request, "recovery_codes", codes=codes, first=False)
    except ThrottledError as error:
        return too_often(request, error)
    return page(request, "new_codes", status=form_status(form), form=form)
