"""How all emails look: logo, foot, where answers go. The colour is the brand's own setting."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import member_required
from kernel.errors import RicochetError
from shell.forms import answer
from tenants.context import current_tenant
from tenants.messaging import looks
from tenants.messaging.forms import LookForm
from tenants.messaging.views.common import can_change, tabs


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def look(request: HttpRequest) -> HttpResponse:
    """Show the look; managers change it."""
    row = looks.stored_look()
    tenant = current_tenant()
    initial = {
        "footer": row.footer if row else "",
        "address": row.address if row else "",
        "reply_to": tenant.contact_email,
    }
    form = LookForm(request.POST or None, request.FILES or None, initial=initial)
    context = {
        "has_logo": bool(row and row.logo_digest),
        "logo_digest": row.logo_digest if row else "",
        "can_change": can_change(request),
        "saved": bool(len(messages.get_messages(request))),
        **tabs("look"),
    }
    if request.method == "POST":
        if not can_change(request):
            form = LookForm(initial=initial)
            return render(request, "messaging/look.html", {**context, "form": form}, status=403)
        if form.is_valid() and _saved(form):
            messages.success(request, _("Présentation enregistrée"))
            return redirect("messaging:look")
    return answer(request, "messaging/look.html", context, form)


def _saved(form: LookForm) -> bool:
    data = form.cleaned_data
    try:
        looks.save_look(
            tenant=current_tenant(),
            footer=data["footer"],
            address=data["address"],
            reply_to=data["reply_to"],
            logo=data["logo"] or None,
            without_logo=data["without_logo"],
            now=timezone.now(),
        )
    except RicochetError as error:
        form.add_error(error.param if error.param in form.fields else None, str(error))
        return False
    return True
