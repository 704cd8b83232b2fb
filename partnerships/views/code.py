"""The merchant's own partner code: shown, copied, renewed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from partnerships.forms import RenewForm
from partnerships.services import codes
from partnerships.views.common import is_owner
from shell.forms import answer
from tenants.context import current_tenant


@require_safe
@member_required()
def code(request: HttpRequest) -> HttpResponse:
    """The code, and what it is for. It is made when it is first looked at."""
    row = codes.code_of(tenant=current_tenant(), now=timezone.now())
    response = render(
        request, "partnerships/code.html", {"row": row, "is_owner": is_owner(request)}
    )
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def renew(request: HttpRequest) -> HttpResponse:
    """Another code, once the brand's name was typed."""
    form = RenewForm(request.POST if request.method == "POST" else None, tenant=current_tenant())
    if request.method == "POST" and form.is_valid():
        codes.renew_code(tenant=current_tenant(), now=timezone.now())
        messages.success(request, _("Nouveau code. L’ancien ne fonctionne plus."))
        return redirect("partnerships:code")
    return answer(request, "partnerships/renew.html", {}, form)
