"""Reminders: the ready-made scenarios, one as a timeline, its switch and its delays."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from billing.plans import Allowed
from shell.fields import IntegerField
from shell.forms import HouseForm, answer
from tenants.features import Feature, feature_required, is_on
from tenants.messaging import scenarios as stored
from tenants.messaging.catalogue.reminders import FRIEND_SCENARIOS
from tenants.messaging.models import Scenario
from tenants.messaging.views.common import author, tabs
from tenants.programme.scenarios import figures
from tenants.programme.scenarios.catalogue import MOST_A_MONTH, SPECS
from tenants.programme.scenarios.shapes import Spec


class DaysForm(HouseForm):
    """The delay of each email of a scenario."""

    def __init__(self, spec: Spec, days: list[int], *args: Any, **options: Any) -> None:
        initial = {f"days_{number}": value for number, value in enumerate(days, start=1)}
        super().__init__(*args, initial=initial, **options)
        # An invitation is forgotten after 60 days: its reminder comes before.
        most = 45 if spec.friends else 365
        for number in range(1, len(days) + 1):
            self.fields[f"days_{number}"] = IntegerField(
                label=_label(spec, number), minimum=1, maximum=most
            )

    def days(self) -> dict[int, int]:
        """Days by the step's number."""
        found = self.cleaned_data
        return {int(name.removeprefix("days_")): value for name, value in found.items()}


def _label(spec: Spec, number: int) -> str:
    if number > 1:
        return _("Délai après le message précédent")
    return _("Délai avant") if spec.before else _("Délai du premier message")


@require_safe
@member_required()
@feature_required(Allowed.SCENARIOS)
@feature_required(Feature.CAMPAIGNS)
def reminders(request: HttpRequest) -> HttpResponse:
    """Every scenario with its switch and what came of it."""
    context = {
        "lines": figures.lines(now=timezone.now()),
        "can_change": has_role(request, Role.MANAGER),
        "most": MOST_A_MONTH,
        **tabs("reminders"),
    }
    return render(request, "programme/scenarios/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Allowed.SCENARIOS)
@feature_required(Feature.CAMPAIGNS)
def reminder(request: HttpRequest, scenario: str) -> HttpResponse:
    """One scenario: its timeline, its delays, why people left it."""
    spec, row = _found(scenario)
    can_change = has_role(request, Role.MANAGER)
    days = stored.days_of(spec.key, row)
    form = DaysForm(spec, days, request.POST or None)
    if request.method == "POST":
        if not can_change:
            return render(
                request,
                "programme/scenarios/detail.html",
                _context(spec, row, DaysForm(spec, days), can_change=False),
                status=403,
            )
        if form.is_valid():
            stored.set_days(
                key=spec.key, days=form.days(), author_id=author(request), now=timezone.now()
            )
            messages.success(request, _("Délais enregistrés"))
            return redirect("programme:reminder", scenario=spec.key)
    context = _context(spec, row, form, can_change=can_change)
    return answer(request, "programme/scenarios/detail.html", context, form)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.SCENARIOS)
@feature_required(Feature.CAMPAIGNS)
def switch_reminder(request: HttpRequest, scenario: str) -> HttpResponse:
    """Switch a scenario on or off, at once."""
    spec, _row = _found(scenario)
    enabled = request.POST.get("on") == "1"
    stored.switch(key=spec.key, enabled=enabled, author_id=author(request), now=timezone.now())
    words = _("%(name)s : activée") if enabled else _("%(name)s : éteinte")
    messages.success(request, words % {"name": spec.name})
    return redirect("programme:reminder", scenario=spec.key)


def _found(key: str) -> tuple[Spec, Scenario | None]:
    spec = SPECS.get(key)
    if spec is None or (spec.feature is not None and not is_on(spec.feature)):
        raise Http404
    return spec, Scenario.objects.filter(key=key).first()


def _context(
    spec: Spec, row: Scenario | None, form: DaysForm, *, can_change: bool
) -> dict[str, Any]:
    return {
        "line": figures.line(spec=spec, row=row, now=timezone.now()),
        "steps": figures.steps(spec=spec, row=row),
        "stopped": figures.stopped(spec=spec),
        "form": form,
        "can_change": can_change,
        "to_friends": spec.key in FRIEND_SCENARIOS,
        **tabs("reminders"),
    }
