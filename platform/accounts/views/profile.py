"""A person's own page: name, language, theme, password, sessions."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.forms import ChangePasswordForm, ProfileForm
from accounts.models import User
from accounts.proofs import password_proved
from accounts.selectors import open_sessions, tenants_of
from accounts.services.passwords import WeakPasswordError, change_password
from accounts.services.second_factor import is_on, recovery_codes_left
from accounts.services.sessions import end_sessions
from accounts.throttles import ThrottledError
from accounts.views.pages import form_status, page, person, too_often


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def profile(request: HttpRequest) -> HttpResponse:
    """Shows everything about the person's access; saves name, language and theme."""
    user = person(request)
    # A copy: a form that fails must not rename the person in the page's frame.
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        instance=User.objects.get(pk=user.pk),
    )
    if form.is_valid():
        saved = form.save()
        translation.activate(saved.language)
        messages.success(request, _("Profil enregistré."))
        return HttpResponseRedirect(reverse("accounts:profile"))
    return page(
        request,
        "profile",
        status=form_status(form),
        form=form,
        two_factor=is_on(user),
        codes_left=recovery_codes_left(user),
        sessions=open_sessions(user=user, this=request.session.session_key, now=timezone.now()),
        tenants=tenants_of(user),
    )


@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def password(request: HttpRequest) -> HttpResponse:
    """Changes the password; every other session ends (R29)."""
    user = person(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid() and password_proved(form, user=user):
            change_password(
                user=user,
                password=form.cleaned_data["password"],
                keep_session=request.session.session_key,
                now=timezone.now(),
            )
            # This session goes on, under a new key.
            update_session_auth_hash(request, user)
            messages.success(request, _("Mot de passe changé. Vos autres sessions sont fermées."))
            return HttpResponseRedirect(reverse("accounts:profile"))
    except ThrottledError as error:
        return too_often(request, error)
    except WeakPasswordError as error:
        for sentence in error.sentences:
            form.add_error("password", sentence)
    return page(request, "password", status=form_status(form), form=form)


@require_POST
@member_required()
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere else, on every tenant."""
    ended = end_sessions(user_id=person(request).pk, keep=request.session.session_key)
    if ended:
        messages.success(
            request,
            ngettext("%(count)d session fermée.", "%(count)d sessions fermées.", ended)
            % {"count": ended},
        )
    else:
        messages.info(request, _("Aucune autre session n’était ouverte."))
    return HttpResponseRedirect(reverse("accounts:profile"))
