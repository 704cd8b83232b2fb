"""Facts that the merchant enters on a customer's record: orders."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell.forms import answer
from tenants.context import current_tenant
from tenants.profiles.models import Profile
from tenants.programme import by_hand
from tenants.programme.forms import OrderForm
from tenants.programme.outcomes import outcome_of
from tenants.programme.views.common import (
    customer_url,
    order_or_404,
    profile_or_404,
    put_error,
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add_order(request: HttpRequest, customer: str) -> HttpResponse:
    """Enter an order by hand; its number counts once, whoever sends it (SP-22)."""
    profile = profile_or_404(customer)
    form = OrderForm(request.POST or None, initial={"ordered_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        done = _order_added(profile, form)
        if done is not None:
            fresh = order_or_404(done)
            messages.success(
                request,
                _("Commande n° %(number)s enregistrée. %(words)s")
                % {"number": fresh.external_id, "words": outcome_of(fresh)},
            )
            return redirect(customer_url(profile))
    context: dict[str, Any] = {"profile": profile}
    return answer(request, "programme/order_form.html", context, form)


def _order_added(profile: Profile, form: OrderForm) -> str | None:
    data = form.cleaned_data
    now = timezone.now()
    day = data["ordered_on"]
    # An order of today happens now; one of another day, at noon of that day.
    at = now if day == timezone.localdate(now) else timezone.make_aware(_noon(day))
    try:
        outcome = by_hand.add_order(
            profile=profile,
            number=data["number"].strip() or by_hand.number_of(key=data["key"]),
            amount=data["amount"],
            currency=current_tenant().currency,
            ordered_at=at,
            code=data["code"],
            now=now,
        )
    except RicochetError as error:
        names = {"id": "number", "ordered_at": "ordered_on", "customer.email": None}
        error.param = names.get(error.param or "", error.param)
        put_error(form, error)
        return None
    return outcome.order.public_id


def _noon(day: Any) -> datetime:
    return datetime.combine(day, time(12))
