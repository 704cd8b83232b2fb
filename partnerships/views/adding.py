"""Adding a partner, and what can be done with an invitation that waits."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required, safe_next
from accounts.models import Role
from accounts.throttles import ThrottledError
from accounts.views.pages import too_often
from billing.plans import Allowed
from kernel.errors import RicochetError
from partnerships import selectors
from partnerships.forms import BY_CODE, AddPartnerForm, AddressForm
from partnerships.models import Partnership
from partnerships.services import inviting, reminding, withdrawing
from partnerships.services.details import Details
from partnerships.services.proposing import propose_by_code
from partnerships.views.common import already, person, row_or_404, tenant_id
from shell.forms import answer
from tenants.context import current_tenant
from tenants.features import feature_required


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.MAJOR)
def add(request: HttpRequest) -> HttpResponse:
    """By code (PA-02) or by details (PA-03); then the agreement is read."""
    code, known = request.GET.get("code", ""), {}
    initial = {"how": BY_CODE, "code": code} if code else {}
    form = AddPartnerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = _added(request, form)
        except ThrottledError as error:
            return too_often(request, error)
        except RicochetError as error:
            known = _known(error)
            words = already(known["known"]) if known else _words(error)
            form.add_error(error.param if error.param in form.fields else None, words)
        else:
            messages.success(request, _told(form))
            return redirect("partnerships:agreement", row.public_id)
    return answer(request, "partnerships/add.html", known, form)


def _known(error: RicochetError) -> dict[str, Any]:
    """Who stands in the way, for a link to their page: one of this merchant's own partners."""
    number = error.facts.get("partnership_id")
    if number is None:
        return {}
    row = selectors.partnership(partnership_id=number, tenant_id=tenant_id())
    return {"known": row, "known_by": error.param}


def _added(request: HttpRequest, form: AddPartnerForm) -> Partnership:
    data, now = form.cleaned_data, timezone.now()
    if data["how"] == BY_CODE:
        return propose_by_code(
            major=current_tenant(),
            typed=data["code"],
            key=data["key"],
            asked_by=person(request),
            now=now,
        )
    details = Details(
        name=data["name"],
        email=data["email"],
        first_name=data["first_name"],
        last_name=data["last_name"],
        site_url=data["site_url"],
        language=data["language"],
    )
    return inviting.invite_by_details(
        major=current_tenant(), details=details, key=data["key"], asked_by=person(request), now=now
    )


def _told(form: AddPartnerForm) -> str:
    if form.cleaned_data["how"] == BY_CODE:
        return _("Proposition envoyée. Votre partenaire la trouve dans son back-office.")
    return _("Invitation envoyée à %(email)s.") % {"email": form.cleaned_data["email"]}


def _words(error: RicochetError) -> str:
    return error.said or _("Indiquez une adresse complète, par exemple nora@brulerie-noe.fr.")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.MAJOR)
def resend(request: HttpRequest, partnership: str) -> HttpResponse:
    """Write once more to whoever has to answer; then back to the page that asked."""
    row = row_or_404(partnership)
    try:
        reminding.remind(partnership_id=row.id, tenant_id=tenant_id(), now=timezone.now())
    except ThrottledError as error:
        return too_often(request, error)
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        done = _("%(name)s est relancé : un e-mail part avec le lien pour répondre.")
        messages.success(request, done % {"name": row.partner})
    return redirect(safe_next(request, reverse("partnerships:partner", args=[row.public_id])))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.MAJOR)
def correct(request: HttpRequest, partnership: str) -> HttpResponse:
    """Invite at another address instead."""
    row = row_or_404(partnership)
    back = reverse("partnerships:partner", args=[row.public_id])
    bound = request.POST if request.method == "POST" else None
    form, known = AddressForm(bound, initial={"email": row.contact_email}), {}
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            inviting.correct_address(
                partnership_id=row.id, tenant_id=tenant_id(), email=email, now=timezone.now()
            )
        except ThrottledError as error:
            return too_often(request, error)
        except RicochetError as error:
            known = _known(error)
            words = already(known["known"]) if known else _words(error)
            form.add_error("email" if error.param == "email" else None, words)
        else:
            messages.success(
                request,
                _("Invitation envoyée à %(email)s. L’ancien lien ne fonctionne plus.")
                % {"email": email},
            )
            return redirect(back)
    return answer(request, "partnerships/correct.html", {"row": row, "back": back, **known}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.MAJOR, owed=True)
def withdraw(request: HttpRequest, partnership: str) -> HttpResponseBase:
    """Asks, then takes the proposal back."""
    row = row_or_404(partnership)
    back = reverse("partnerships:partner", args=[row.public_id])
    if request.method != "POST":
        return render(request, "partnerships/withdraw.html", {"row": row, "back": back})
    try:
        withdrawing.withdraw(partnership_id=row.id, tenant_id=tenant_id(), now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect(back)
    messages.success(request, _("Proposition à %(name)s retirée.") % {"name": row.partner})
    return redirect("partnerships:list")
