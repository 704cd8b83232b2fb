"""The earning rules: told, changed after a preview, and those of before (FS-04 to FS-07)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import member_required
from accounts.models import User
from kernel.errors import RicochetError
from kernel.money import POINTS, Amount
from shell import formats
from shell.forms import answer
from tenants.activity.models import SessionType
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.loyalty import versions
from tenants.loyalty.models import LoyaltyVersion
from tenants.loyalty.preview import Preview, preview
from tenants.profiles.models import Profile
from tenants.programme import loyalty_rules
from tenants.programme.dates import months_before
from tenants.programme.forms_loyalty import LoyaltyForm, initial_of
from tenants.programme.loyalty_sentences import ratio
from tenants.programme.views.common import author, can_change, put_error

PERIODS = (3, 6, 12)
_EARLIER = 12


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Feature.LOYALTY)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force; `step` of a POST shows what others would give, or publishes them."""
    now = timezone.now()
    version = versions.in_force(now=now)
    step = request.POST.get("step", "")
    form = _form(request, version)
    if request.method == "POST" and not can_change(request):
        return render(request, "programme/loyalty/rules.html", _context(version), status=403)
    if request.method == "POST" and form.is_valid():
        if step == "publish" and _published(request, version, form):
            return redirect("programme:loyalty")
        if step == "preview":
            return _show_preview(request, version, form)
    context = {
        **_context(version),
        "can_change": can_change(request),
        # Just saved: what was typed has done its work, and is not given back.
        "draft": "" if len(messages.get_messages(request)) else "loyalty",
    }
    return answer(request, "programme/loyalty/rules.html", context, form)


def _form(request: HttpRequest, version: LoyaltyVersion | None) -> LoyaltyForm:
    currency = current_tenant().currency
    return LoyaltyForm(
        request.POST or None,
        initial=initial_of(version, versions.rates_of(version), currency=currency),
        unit=loyalty_rules.unit_in_force(now=timezone.now()),
        currency=currency,
        types=list(SessionType.objects.filter(active=True)),
    )


def _context(version: LoyaltyVersion | None) -> dict[str, Any]:
    rows = list(LoyaltyVersion.objects.all()[: _EARLIER + 1])
    names = {
        user.pk: user.name
        for user in User.objects.filter(pk__in={row.author_id for row in rows if row.author_id})
    }
    rates = versions.rates_of(version)
    return {
        "version": version,
        "story": loyalty_rules.story(version, rates) if version else [],
        "earlier": [
            (row, ratio(row) if row.payments_on else "", names.get(row.author_id) or _("Ricochet"))  # type: ignore[arg-type]
            for row in rows
        ],
        "tab": "rules",
    }


def _published(request: HttpRequest, version: LoyaltyVersion | None, form: LoyaltyForm) -> bool:
    values, rates = form.values, form.rates
    same = version is not None and all(getattr(version, n) == values[n] for n in values)
    if same and rates == versions.rates_of(version):
        messages.success(request, _("Ces règles sont déjà en vigueur"))
        return True
    try:
        made = loyalty_rules.publish(
            now=timezone.now(), author_id=author(request), rates=rates, **values
        )
    except RicochetError as error:
        put_error(form, error)
        return False
    messages.success(
        request, _("Règles n° %(number)s en vigueur dès maintenant") % {"number": made.number}
    )
    return True


def _show_preview(
    request: HttpRequest, version: LoyaltyVersion | None, form: LoyaltyForm
) -> HttpResponse:
    """Who would have earned what under these rules, beside those of today."""
    now = timezone.now()
    months = request.POST.get("months", "")
    period = int(months) if months in map(str, PERIODS) else PERIODS[-1]
    since = months_before(now, period)
    draft = LoyaltyVersion(**form.values)
    if version is not None:  # what this page does not ask stays as it is
        draft.point_value = version.point_value
    would = preview(rules=draft, rates=form.rates, since=since, until=now)
    today = Preview()
    if version is not None:
        rates = versions.rates_of(version)
        today = preview(rules=version, rates=rates, since=since, until=now)
    people = Profile.objects.in_bulk([row.profile_id for row in would.top])
    cost = _cost(draft, would.total)
    context = {
        "form": form,
        "fields": [(name, request.POST.get(name, "")) for name in form.fields],
        "story": loyalty_rules.story(draft, form.rates),
        "months": period,
        "periods": PERIODS,
        "since": since,
        "would": would,
        "amounts": {
            "total": _plain(would.total, draft.unit),
            "payments": _plain(would.by_payment, draft.unit),
            "sessions": _plain(would.by_session, draft.unit),
            "today": _plain(today.total, draft.unit),
        },
        "currency": current_tenant().currency,
        "cost": cost,
        "cost_share": cost / would.paid if would.paid else None,
        "point_value": draft.point_value if draft.unit == POINTS else None,
        "top": [
            (people[row.profile_id], row.paid, formats.amount(Amount(row.earned, draft.unit)))
            for row in would.top
            if row.profile_id in people
        ],
        "first": version is None,
    }
    return render(request, "programme/loyalty/preview.html", context)


def _cost(rules: LoyaltyVersion, total: int) -> int:
    """What it costs at most, in cents: every point spent, at what a point saves."""
    return round(total * rules.point_value) if rules.unit == POINTS else total


def _plain(value: int, unit: str) -> str:
    """An amount for a figure whose label names the unit already."""
    return formats.number(value) if unit == POINTS else formats.money(value, unit)
