"""Who takes part in an operation: its partners, their state, and what each receives (PA-10)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from kernel.ids import parse_public_id, public_id
from operations import partaking, parties, selectors
from operations.forms_partaking import ConfirmForm, PartakingForm
from operations.models import Operation
from operations.partaking import Taking
from operations.unshared import refused, unshared
from operations.views.common import frame, operation_or_404, say
from partnerships.models import State
from partnerships.selectors import Partner, partners_to_choose, partnerships_of
from shell import formats
from shell.forms import answer
from tenants import features
from tenants.context import current_tenant
from tenants.features import feature_required


@dataclass(frozen=True, slots=True)
class Row:
    """One partner of the page; `partnership` is a row of `partnerships_of`."""

    taking: Taking
    partnership: Any

    @property
    def public_id(self) -> str:
        return public_id("prt", self.taking.partnership_id)

    @property
    def is_over(self) -> bool:
        return self.partnership is None or self.partnership.state == State.ENDED


def choosable() -> list[Partner]:
    """The partners that have a back office, where the plan holds operations with them."""
    if not features.is_on(Allowed.MAJOR):
        return []
    found = partners_to_choose(major_id=current_tenant().id)
    return [partner for partner in found if partner.tenant_id is not None]


def rows_of(operation: Operation) -> list[Row]:
    """Every partner of an operation, with its partnership as it is now."""
    taking = _taking(operation)
    numbers = [one.partnership_id for one in taking]
    known = partnerships_of(tenant_id=current_tenant().id).filter(id__in=numbers).in_bulk()
    return [Row(one, known.get(one.partnership_id)) for one in taking]


@require_safe
@member_required()
def partners(request: HttpRequest, operation: str) -> HttpResponse:
    """Each partner: agreed or invited, in which modules, what it receives, the words of its box."""
    row, now = operation_or_404(operation), timezone.now()
    rows = rows_of(row)
    there = {one.taking.partnership_id for one in rows}
    context = {
        **frame(request, row, now),
        "current": "partners",
        "rows": rows,
        "unshared": unshared(operation=row),
        "refused": refused(operation=row),
        "replaced": parties.replaced(operation=row),
        "confirm_form": ConfirmForm(),
        "others": [one for one in choosable() if one.partnership_id not in there],
        "has_modules": bool(selectors.modules_of(row)),
        "can_add": features.is_on(Allowed.MAJOR),
    }
    return render(request, "operations/partners.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.MAJOR)
def partner(request: HttpRequest, operation: str, partnership: str) -> HttpResponse:
    """In which modules one partner takes part, and what goes there."""
    row, now = operation_or_404(operation), timezone.now()
    chosen = _partner_or_404(partnership)
    there = selectors.modules_of(row)
    form = PartakingForm(request.POST or None, partner=chosen, there=there, language=_language())
    if request.method == "POST" and form.is_valid():
        try:
            partaking.place(operation_id=row.id, partner=chosen, now=now, **form.values())
        except RicochetError as error:
            say(form, error)
        else:
            messages.success(request, _("%(name)s participe") % {"name": chosen.name})
            return redirect("operations:partners", operation=row.public_id)
    context = {
        **frame(request, row, now),
        "current": "partners",
        "partner": chosen,
        "is_new": all(one.partnership_id != chosen.partnership_id for one in _taking(row)),
        "has_modules": bool(there),
    }
    return answer(request, "operations/partner.html", context, form)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.MAJOR)
def confirm(request: HttpRequest, operation: str, partnership: str) -> HttpResponse:
    """The merchant's word that whoever stands there now is the partner it means (D1)."""
    row, now = operation_or_404(operation), timezone.now()
    number = parse_public_id("prt", partnership)
    if number is None or number not in {one.partnership_id for one in _taking(row)}:
        raise Http404
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["policy_url"])))
        return redirect("operations:partners", operation=row.public_id)
    try:
        name = parties.confirm(partnership_id=number, now=now, **form.cleaned_data)
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        words = _("Confirmé : la case porte désormais le nom de %(name)s.") % {"name": name}
        messages.success(request, formats.elided(words, name))
    return redirect("operations:partners", operation=row.public_id)


@require_POST
@member_required(role=Role.MANAGER)
def take_out(request: HttpRequest, operation: str, partnership: str) -> HttpResponse:
    """A partner leaves the operation; what it received stays with it."""
    row = operation_or_404(operation)
    number = parse_public_id("prt", partnership)
    there = {one.partnership_id: one.name for one in _taking(row)}
    if number is None or number not in there:
        raise Http404
    try:
        partaking.take_out(operation_id=row.id, partnership_id=number, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, _("%(name)s ne participe plus") % {"name": there[number]})
    return redirect("operations:partners", operation=row.public_id)


def _taking(row: Operation) -> list[Taking]:
    return partaking.taking_part(operation=row, language=_language())


def _partner_or_404(partnership: str) -> Partner:
    """One of this merchant's own partners, as it may be named in a module (R23)."""
    number = parse_public_id("prt", partnership)
    found = next((one for one in choosable() if one.partnership_id == number), None)
    if found is None:
        raise Http404
    return found


def _language() -> str:
    return translation.get_language() or "fr"
