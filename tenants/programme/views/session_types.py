"""Settings › Session types: portrait, family, wedding. What they earn stands in the rules."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import undo
from shell.forms import answer
from tenants.activity import booking
from tenants.activity.models import SessionType
from tenants.programme.forms_facts import SessionTypeForm
from tenants.programme.views.common import can_change, number_or_404, put_error

_OFFERED = "session_type.offer"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def session_types(request: HttpRequest) -> HttpResponse:
    """The types, and a form to add one."""
    form = SessionTypeForm(request.POST or None)
    if request.method == "POST" and not can_change(request):
        return render(request, "programme/session_types.html", _context(request), status=403)
    if request.method == "POST" and form.is_valid() and _saved(request, form, None):
        return redirect("programme:session_types")
    return answer(request, "programme/session_types.html", _context(request), form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def edit_session_type(request: HttpRequest, kind: str) -> HttpResponse:
    """Rename a type; its key, which programs know, stays."""
    row = _type_or_404(kind)
    form = SessionTypeForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid() and _saved(request, form, row.id):
        return redirect("programme:session_types")
    return answer(request, "programme/session_type_form.html", {"kind": row}, form)


@require_POST
@member_required(role=Role.MANAGER)
def offer_session_type(request: HttpRequest, kind: str) -> HttpResponse:
    """Offer a type no more, or again; undone by the toast (B8)."""
    row = _type_or_404(kind)
    active = request.POST.get("active") == "1"
    booking.offer_type(type_id=row.id, active=active)
    text = _("« %(name)s » proposé à nouveau") if active else _("« %(name)s » archivé")
    undo.offer(
        request,
        text % {"name": row.name},
        url=reverse("programme:undo_session_type"),
        purpose=_OFFERED,
        payload={"kind": row.public_id, "active": not active},
    )
    return redirect("programme:session_types")


@require_POST
@member_required(role=Role.MANAGER)
def undo_session_type(request: HttpRequest) -> HttpResponse:
    """Put a type back as it was before the toast."""
    payload = undo.take(request, purpose=_OFFERED)
    row = _type_or_404(payload["kind"])
    booking.offer_type(type_id=row.id, active=payload["active"])
    messages.success(request, _("« %(name)s » est comme avant") % {"name": row.name})
    return redirect("programme:session_types")


def _saved(request: HttpRequest, form: SessionTypeForm, type_id: uuid.UUID | None) -> bool:
    try:
        row = booking.save_type(now=timezone.now(), name=form.cleaned_data["name"], type_id=type_id)
    except RicochetError as error:
        put_error(form, error)
        return False
    messages.success(request, _("« %(name)s » enregistré") % {"name": row.name})
    return True


def _context(request: HttpRequest) -> dict[str, Any]:
    counted = SessionType.objects.annotate(used=Count("sessions"))
    # A query that groups forgets the model's own order.
    rows = counted.order_by("position", "name", "id")
    return {"types": rows, "can_change": can_change(request)}


def _type_or_404(public_id: str) -> SessionType:
    row = SessionType.objects.filter(id=number_or_404("sty", public_id)).first()
    if row is None:
        raise Http404
    return row
