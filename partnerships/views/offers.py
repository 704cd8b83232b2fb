"""The link of somebody who owns a back office already: with which one do they take part?"""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.access import current_membership, to_log_in
from accounts.models import User
from accounts.views.pages import link_over
from kernel.errors import RicochetError
from partnerships import selectors
from partnerships.errors import UnknownOfferError
from partnerships.forms import OfficeForm
from partnerships.models import Partnership
from partnerships.services import agreeing
from partnerships.views.common import tenant_id
from shell.formats import elided
from shell.forms import answer


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponseBase:
    """Who proposes, and the person's own back offices to choose from; or a refusal."""
    try:
        row = agreeing.find_offer(token=token, tenant_id=tenant_id(), now=timezone.now())
    except UnknownOfferError:
        return link_over(request)
    membership = current_membership(request)
    if membership is None:
        return to_log_in(request)
    user = membership.user
    if row.asked_user_id != user.pk:
        return render(request, "partnerships/not_yours.html", {"row": row}, status=403)
    mine = selectors.offices_owned_by(user_id=user.pk)
    offices = [office for office in mine if office.id != row.major_id]
    form = OfficeForm(request.POST if request.method == "POST" else None, offices=offices)
    if request.method == "POST":
        if request.POST.get("decline"):
            return _declined(request, row, token, user)
        if form.is_valid() and (done := _joined(request, form, token, user)):
            return done
    response = answer(request, "partnerships/offer.html", {"row": row}, form)
    response.headers["Cache-Control"] = "no-store, private"
    # The address holds a token: no link on the page tells it to anyone.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _joined(
    request: HttpRequest, form: OfficeForm, token: str, user: User
) -> HttpResponseRedirect | None:
    try:
        row, office = agreeing.take_up_offer(
            token=token,
            tenant_id=tenant_id(),
            user=user,
            office_id=uuid.UUID(form.cleaned_data["office"]),
            now=timezone.now(),
        )
    except UnknownOfferError as error:
        raise Http404 from error
    except RicochetError as error:
        form.add_error("office", error.said)
        return None
    if office.id == tenant_id():
        return HttpResponseRedirect(reverse("partnerships:agreement", args=[row.public_id]))
    words = _("La proposition vous attend dans le back-office de %(name)s.")
    messages.success(request, elided(words % {"name": office.name}, office.name))
    return HttpResponseRedirect(reverse("partnerships:list"))


def _declined(request: HttpRequest, row: Partnership, token: str, user: User) -> HttpResponse:
    try:
        agreeing.decline_offer(token=token, tenant_id=tenant_id(), user=user, now=timezone.now())
    except UnknownOfferError:
        return link_over(request)
    words = _("Proposition de %(name)s refusée. Rien n’a été partagé.") % {"name": row.major.name}
    messages.success(request, elided(words, row.major.name))
    return redirect("partnerships:list")
