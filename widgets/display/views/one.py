"""One widget: what came of it, its code and whether that is in place; and what is done with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from tenants.context import current_tenant
from widgets.display import checking, code, drawing, selectors, services, targets
from widgets.display.forms import FORMS
from widgets.display.models import Outcome, Widget
from widgets.script.line import line_of
from widgets.tracker.selectors import sites

_MOST_SHOWN = 10


def widget_or_404(public_id: str) -> Widget:
    """The widget that an address names (R23)."""
    found = selectors.widget(public_id=public_id)
    if found is None:
        raise Http404
    return found


@require_safe
@member_required()
def widget(request: HttpRequest, widget: str) -> HttpResponse:
    """Its figures, where it was seen, and the code to place."""
    row, now = widget_or_404(widget), timezone.now()
    target = targets.of([row], now=now)[row.id]
    places = sites()
    data = drawing.data_of(row, target, tenant=current_tenant())
    context = {
        "widget": row,
        "target": target,
        "form": next(label for value, label, _detail in FORMS if value == row.form),
        "finding": checking.check(widget=row, target=target, now=now),
        "counts": selectors.counts(widget=row),
        "people": selectors.people(widget=row),
        "sightings": row.sightings.filter(outcome=Outcome.SHOWN).order_by("-last_seen_at")[
            :_MOST_SHOWN
        ],
        "lines": [(site, line_of(site)) for site in places],
        "guides": code.guides(places[0]) if places else [],
        "spot": drawing.spot_of(row, data),
        "site_url": checking.page_of("site:site"),
        "can_change": has_role(request, Role.MANAGER),
    }
    return render(request, "display/one.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def switch(request: HttpRequest, widget: str) -> HttpResponse:
    """Pause it, or show it again; `active` says which, so that twice is once."""
    row = widget_or_404(widget)
    active = request.POST.get("active") == "on"
    services.switch(widget_id=row.id, active=active, now=timezone.now())
    messages.success(request, _("Widget activé") if active else _("Widget en pause"))
    return redirect("display:widget", widget=row.public_id)


@require_POST
@member_required(role=Role.MANAGER)
def duplicate(request: HttpRequest, widget: str) -> HttpResponse:
    """A paused one like it."""
    row = widget_or_404(widget)
    name = _("%(name)s (copie)") % {"name": row.name[:70]}
    try:
        copy = services.duplicate(widget_id=row.id, name=name, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("display:widget", widget=row.public_id)
    messages.success(request, _("Widget dupliqué, en pause"))
    return redirect("display:edit", widget=copy.public_id)


@require_POST
@member_required(role=Role.MANAGER)
def delete(request: HttpRequest, widget: str) -> HttpResponse:
    """Take it away for good."""
    row = widget_or_404(widget)
    services.delete(widget_id=row.id)
    messages.success(request, _("%(name)s est supprimé") % {"name": row.name})
    return redirect("display:list")
