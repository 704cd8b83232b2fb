"""The allowed addresses of a merchant's site: adding one, taking one away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from tenants.context import current_tenant
from widgets.site.forms import AddressForm
from widgets.site.services import add_address, remove_address
from widgets.site.views import refused
from widgets.tracker import selectors


@require_POST
@member_required(role=Role.MANAGER)
def add(request: HttpRequest) -> HttpResponse:
    """One more address that may show and report; the same again changes nothing."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return refused(request, address=form)
    try:
        site = add_address(url=form.cleaned_data["address"], now=timezone.now())
    except RicochetError as error:
        form.add_error("address", error.said)
        return refused(request, address=form)
    messages.success(request, _("%(address)s est autorisée.") % {"address": site.origin})
    return redirect("site:site")


@require_POST
@member_required(role=Role.MANAGER)
def remove(request: HttpRequest, site: str) -> HttpResponse:
    """What runs there is not answered any more, from the next page on."""
    row = selectors.site(public_id=site)
    if row is None:
        raise Http404
    try:
        remove_address(tenant=current_tenant(), site=row, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("site:site")
    messages.success(request, _("%(address)s n’est plus autorisée.") % {"address": row.origin})
    return redirect("site:site")
