"""Coming in and going out: asking for a link, the six digits, links from emails, log-out."""

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.throttles import ThrottledError, counted_address, hit
from kernel.errors import InvalidInputError
from tenants.profiles.models import Profile
from widgets.space import entering, sessions
from widgets.space.entering import LinkOverError, WrongCodeError
from widgets.space.forms import AskForm, CodeForm
from widgets.space.pages import public_page, session_in, show, to_space

_HOUR = timedelta(hours=1)
ASKS_FOR_ADDRESS = 5
ASKS_FROM_BROWSER = 30
CODES_FROM_BROWSER = 30


@sensitive_post_parameters("email")
@require_POST
@public_page
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same for every address that can be one (R33)."""
    now = timezone.now()
    form = AskForm(request.POST)
    if not form.is_valid():
        return show(request, "door", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    try:
        hit(
            action="space-ask-from",
            subject=counted_address(request),
            limit=ASKS_FROM_BROWSER,
            window=_HOUR,
            now=now,
        )
        hit(
            action="space-ask-for",
            subject=email.strip().lower(),
            limit=ASKS_FOR_ADDRESS,
            window=_HOUR,
            now=now,
        )
        link_id = entering.ask(email=email, now=now)
    except ThrottledError as error:
        form.add_error(None, _wait(error))
        return _too_often(show(request, "door", {"form": form}, status=429), error)
    except InvalidInputError:
        form.add_error("email", form.fields["email"].error_messages["invalid"])
        return show(request, "door", {"form": form}, status=422)
    return HttpResponseRedirect(reverse("widgets:space_code", args=[link_id.hex]))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def code(request: HttpRequest, asked: str) -> HttpResponse:
    """Type the six digits where the link was asked for, whatever device the email is read on."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now = timezone.now()
        try:
            hit(
                action="space-code-from",
                subject=counted_address(request),
                limit=CODES_FROM_BROWSER,
                window=_HOUR,
                now=now,
            )
            profile = entering.enter_by_code(
                link_id=uuid.UUID(asked), digits=form.cleaned_data["code"], now=now
            )
            return open_space(request, profile)
        except ThrottledError as error:
            form.add_error(None, _wait(error))
            return _too_often(show(request, "code", {"form": form}, status=429), error)
        except WrongCodeError:
            form.add_error(
                "code",
                _(
                    "Ce code ne correspond pas, ou il n’est plus valable. Vérifiez les six"
                    " chiffres, ou demandez un nouveau code."
                ),
            )
    return show(request, "code", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A link from an email. Opening it shows a button: scanners of mail open links too."""
    now = timezone.now()
    if request.method == "POST":
        try:
            return open_space(request, entering.enter_by_link(token=token, now=now))
        except LinkOverError:
            return _over(request)
    session = session_in(request)
    if session is not None and entering.is_for(token=token, profile=session.profile):
        return to_space()
    if not entering.can_enter(token=token, now=now):
        return _over(request)
    return show(request, "enter", {})


@require_POST
@public_page
def leave(request: HttpRequest) -> HttpResponse:
    """Close the space in this browser."""
    session = session_in(request)
    if session is not None:
        sessions.revoke(session=session, now=timezone.now())
    response = to_space(done="sortie")
    sessions.drop_cookie(response)
    return response


def open_space(request: HttpRequest, profile: Profile) -> HttpResponse:
    """To the space of whoever has proved who they are; always in a new session (R29)."""
    now = timezone.now()
    before = session_in(request)
    if before is not None:
        sessions.revoke(session=before, now=now)
    response = to_space()
    sessions.set_cookie(response, sessions.open_session(profile=profile, now=now))
    return response


def _over(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {"form": AskForm(), "over": True}
    return show(request, "door", context, status=410)


def _wait(error: ThrottledError) -> str:
    minutes = max(1, -(-error.retry_after // 60))
    return ngettext(
        "Vous avez fait plusieurs demandes. Attendez %(n)s minute, puis recommencez.",
        "Vous avez fait plusieurs demandes. Attendez %(n)s minutes, puis recommencez.",
        minutes,
    ) % {"n": minutes}


def _too_often(response: HttpResponse, error: ThrottledError) -> HttpResponse:
    response.headers["Retry-After"] = str(error.retry_after)
    return response
