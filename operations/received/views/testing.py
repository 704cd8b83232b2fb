"""The guest tests the operation: by a signed link to the address of the brand that runs it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import member_required
from operations.received.views.common import can_test, operation_or_404
from operations.rehearsing import passes
from operations.rehearsing.passes import Pass
from tenants.models import Tenant, TenantState


@require_safe
@member_required()
def received_test(request: HttpRequest, operation: str) -> HttpResponse:
    """PA-12: nothing is written here; what is tested there counts for nothing."""
    row, now = operation_or_404(operation), timezone.now()
    major = Tenant.objects.filter(id=row.major_id, state=TenantState.ACTIVE).first()
    if major is None or not can_test(row, now):
        messages.error(request, _("Cette opération ne peut plus être essayée."))
        return redirect("operations:received_one", operation=row.public_id)
    given = Pass(row.operation_id, row.partnership_id)
    return HttpResponseRedirect(passes.url_for(given, major=major, now=now))
