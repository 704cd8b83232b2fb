"""Answering an invitation."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts import login as steps
from accounts.forms import JoinForm, JoinWithPasswordForm
from accounts.models import Invitation, User
from accounts.selectors import opens_the_office
from accounts.services.invitations import (
    UnknownInvitationError,
    accept_invitation,
    find_invitation,
)
from accounts.services.members import AlreadyMemberError
from accounts.services.passwords import WeakPasswordError
from accounts.throttles import ThrottledError, hit
from accounts.views.pages import form_status, link_over, page, too_often
from shell import formats

_TRIES = 10
_WINDOW = timedelta(minutes=15)


@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """A new person gives a name and a password; who has a user already proves it is theirs.

    The form never names the address: it comes from the invitation (R24, R26).
    """
    tenant_id, now = request.tenant.id, timezone.now()  # type: ignore[attr-defined]
    try:
        invitation = find_invitation(token=token, tenant_id=tenant_id, now=now)
    except UnknownInvitationError:
        return link_over(request)
    first = opens_the_office(invitation=invitation)
    known = User.objects.by_email(invitation.email).first()
    kind = JoinForm if known is None else JoinWithPasswordForm
    form: forms.Form = kind(
        request.POST if request.method == "POST" else None,
        initial=import_string(settings.INVITED_AS)(invitation=invitation) if first else {},
    )
    if form.is_valid():
        try:
            if known is not None:
                _prove(form, invitation=invitation, known=known)
            if not form.errors:
                return _join(request, form, token=token, first=first)
        except ThrottledError as error:
            return too_often(request, error)
        except UnknownInvitationError:
            return link_over(request)
        except AlreadyMemberError:
            return HttpResponseRedirect(reverse("account_login"))
        except WeakPasswordError as error:
            for sentence in error.sentences:
                form.add_error("password", sentence)
    return page(
        request,
        "join",
        status=form_status(form),
        form=form,
        invitation=invitation,
        known=known,
        first=first,
    )


def _prove(form: forms.Form, *, invitation: Invitation, known: User) -> None:
    """Check the password that the invited person has already."""
    subject = str(invitation.id)
    hit(action="join", subject=subject, limit=_TRIES, window=_WINDOW, now=timezone.now())
    if not (known.check_password(form.cleaned_data["password"]) and known.is_active):
        form.add_error(
            "password",
            _(
                "Ce n’est pas le mot de passe que vous utilisez déjà sur Ricochet."
                " Saisissez-le à nouveau."
            ),
        )


def _join(request: HttpRequest, form: forms.Form, *, token: str, first: bool) -> HttpResponse:
    """`first`: nobody was here before, so there is no team to join yet."""
    membership = accept_invitation(
        token=token,
        tenant_id=request.tenant.id,  # type: ignore[attr-defined]
        now=timezone.now(),
        first_name=form.cleaned_data.get("first_name", ""),
        last_name=form.cleaned_data.get("last_name", ""),
        password=form.cleaned_data["password"],
    )
    name = request.tenant.name  # type: ignore[attr-defined]
    words = (
        _("Votre espace %(tenant)s est prêt.")
        if first
        else _("Vous avez rejoint l’équipe de %(tenant)s.")
    )
    messages.success(request, formats.elided(words % {"tenant": name}, name))
    return steps.proceed(request, membership.user, target="/")
