"""Settings: the index, and the programme's rules with what they cost."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Avg
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role, User
from kernel.errors import RicochetError
from shell.forms import answer
from tenants.activity.models import Order
from tenants.programme import versions
from tenants.programme.forms import ProgrammeForm
from tenants.programme.models import ProgrammeVersion
from tenants.programme.views.common import author, can_change, put_error

_FIELDS = (
    "active",
    "name",
    "referrer_amount",
    "referee_amount",
    "minimum_order",
    "pending_days",
    "cookie_days",
    "expiry_months",
    "referrals_a_year",
)
_EARLIER = 12


@require_safe
@member_required()
def settings_index(request: HttpRequest) -> HttpResponse:
    """What can be set, by subject."""
    context = {"is_owner": has_role(request, Role.OWNER)}
    return render(request, "programme/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, a form to publish others, what a new customer costs, earlier rules."""
    now = timezone.now()
    version = versions.in_force(now=now)
    model = version or ProgrammeVersion()
    initial = {name: getattr(model, name) for name in _FIELDS}
    form = ProgrammeForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if not can_change(request):
            return render(request, "programme/rules.html", _context(version, None), status=403)
        if form.is_valid() and _published(request, version, form):
            return redirect("programme:rules")
    context = {
        **_context(version, form),
        "can_change": can_change(request),
        # Just saved: what was typed has done its work, and is not given back.
        "draft": "" if len(messages.get_messages(request)) else "rules",
    }
    return answer(request, "programme/rules.html", context, form)


def _published(request: HttpRequest, version: ProgrammeVersion | None, form: ProgrammeForm) -> bool:
    changes = {name: form.cleaned_data[name] for name in _FIELDS}
    if version is not None and all(getattr(version, n) == changes[n] for n in _FIELDS):
        messages.success(request, _("Ces règles sont déjà en vigueur"))
        return True
    try:
        made = versions.publish(now=timezone.now(), author_id=author(request), **changes)
    except RicochetError as error:
        put_error(form, error)
        return False
    messages.success(
        request, _("Règles n° %(number)s en vigueur dès maintenant") % {"number": made.number}
    )
    return True


def _context(version: ProgrammeVersion | None, form: ProgrammeForm | None) -> dict[str, Any]:
    rows = list(ProgrammeVersion.objects.all()[: _EARLIER + 1])
    names = _names(row.author_id for row in rows if row.author_id)
    earlier = [(row, names.get(row.author_id) or _("Ricochet")) for row in rows]  # type: ignore[arg-type]
    values = form.data if form is not None and form.is_bound else None
    costs = _costs(version or ProgrammeVersion(), values)
    return {"version": version, "earlier": earlier, **costs}


def _names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {user.pk: user.name for user in User.objects.filter(pk__in=set(ids))}


def _costs(version: ProgrammeVersion, values: Any) -> dict[str, Any]:
    """What one new customer costs under these rules, and beside which basket (SP-05)."""
    one, two = version.referrer_amount, version.referee_amount
    if values is not None:
        form = ProgrammeForm(values)
        form.is_valid()
        one = form.cleaned_data.get("referrer_amount", one) or 0
        two = form.cleaned_data.get("referee_amount", two) or 0
    basket = Order.objects.aggregate(mean=Avg("amount"))["mean"]
    basket = round(basket) if basket else None
    cost = one + two
    return {
        "cost": cost,
        "cost_referrer": one,
        "cost_referee": two,
        "basket": basket,
        "cost_share": cost / basket if basket else None,
    }
