"""A password that was forgotten."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.forms import EmailForm, NewPasswordForm
from accounts.models import LinkPurpose
from accounts.services.one_time_links import UnknownLinkError, find_link
from accounts.services.passwords import WeakPasswordError, ask_for_reset, reset_password
from accounts.throttles import ThrottledError, counted_address, hit
from accounts.views.pages import form_status, link_over, page, too_often

_HOUR = timedelta(hours=1)
_PER_ACCOUNT = 3
_PER_ADDRESS = 30


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for an address; the answer is the same for one that nobody has (R33)."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email, now = form.cleaned_data["email"], timezone.now()
        try:
            address = counted_address(request)
            hit(action="reset-address", subject=address, limit=_PER_ADDRESS, window=_HOUR, now=now)
            hit(action="reset", subject=email.lower(), limit=_PER_ACCOUNT, window=_HOUR, now=now)
        except ThrottledError as error:
            return too_often(request, error)
        ask_for_reset(email=email, tenant_id=request.tenant.id, now=now)  # type: ignore[attr-defined]
        return page(request, "reset_sent", email=email)
    return page(request, "forgotten", status=form_status(form), form=form)


@sensitive_post_parameters("password")
@sensitive_variables("token", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Sets a new password; the link works until it has done so once (R24)."""
    tenant_id, now = request.tenant.id, timezone.now()  # type: ignore[attr-defined]
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    try:
        link = find_link(token=token, purpose=LinkPurpose.RESET, tenant_id=tenant_id, now=now)
        if form.is_valid():
            password = form.cleaned_data["password"]
            reset_password(token=token, password=password, tenant_id=tenant_id, now=now)
            messages.success(request, _("Mot de passe changé. Connectez-vous avec le nouveau."))
            return HttpResponseRedirect(reverse("account_login"))
    except UnknownLinkError:
        return link_over(request)
    except WeakPasswordError as error:
        for sentence in error.sentences:
            form.add_error("password", sentence)
    return page(request, "reset", status=form_status(form), form=form, person=link.user)
