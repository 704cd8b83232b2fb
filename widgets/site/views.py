"""The page of the shop and the brand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell.forms import answer
from tenants.addresses import origin
from tenants.context import current_tenant
from widgets.script.bundle import current
from widgets.site.forms import SiteForm
from widgets.site.services import save_site
from widgets.tracker.selectors import sites


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def site(request: HttpRequest) -> HttpResponse:
    """Show the shop, its script and the brand; managers change them."""
    tenant = current_tenant()
    initial = {
        "name": tenant.name,
        "kind": tenant.kind,
        "site_url": tenant.site_url,
        "color": tenant.brand_color,
    }
    form = SiteForm(request.POST or None, initial=initial)
    may_change = has_role(request, Role.MANAGER)
    context = {
        **_context(),
        "can_change": may_change,
        # Just saved: what was typed has done its work, and is not given back.
        "draft": "" if len(messages.get_messages(request)) else "site",
    }
    if request.method == "POST":
        if not may_change:
            return render(request, "site/site.html", {**context, "form": None}, status=403)
        if form.is_valid() and _saved(request, form):
            return redirect("site:site")
    return answer(request, "site/site.html", context, form)


def _saved(request: HttpRequest, form: SiteForm) -> bool:
    data = form.cleaned_data
    try:
        adjusted = save_site(
            tenant=current_tenant(),
            name=data["name"].strip(),
            kind=data["kind"].strip(),
            site_url=data["site_url"],
            color=data["color"],
            now=timezone.now(),
        )
    except RicochetError:
        form.add_error(
            "site_url",
            _("Indiquez l’adresse de la boutique, par exemple https://maisonlumen.fr."),
        )
        return False
    messages.success(request, " ".join([_("Boutique et marque enregistrées."), *adjusted]))
    return True


def _context() -> dict[str, Any]:
    bundle = current()
    base = origin(current_tenant())
    rows = sites()
    snippets = [
        (
            row,
            f'<script src="{base}/w/v1.{bundle.digest}.js"\n'
            f'        integrity="{bundle.integrity}"\n'
            f'        crossorigin="anonymous" data-key="{row.public_key}" async></script>',
        )
        for row in rows
    ]
    return {"sites": snippets, "seen": any(row.last_seen_at for row in rows)}
