"""A partner who is no merchant: its first page, its settings, and what a plan would add."""

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing import plan_lines
from billing.plans import PLANS, SOLD, TRIAL, PlanKey
from kernel.errors import RicochetError
from partnerships import selectors
from partnerships.services.upgrading import become_full
from partnerships.views.common import is_owner, tenant_id


@require_safe
@member_required()
def home(request: HttpRequest) -> HttpResponse:
    """The agreement that waits for an answer first, then the operation: the next thing to do."""
    waiting = list(selectors.waiting_for(tenant_id=tenant_id())[:2])
    if len(waiting) == 1:
        return redirect("partnerships:agreement", waiting[0].public_id)
    if waiting:
        return redirect("partnerships:list")
    return redirect(import_string(django_settings.PARTNER_FIRST_PAGE)(now=timezone.now()))


@require_safe
@member_required()
def settings(request: HttpRequest) -> HttpResponse:
    """The few settings that a partner has."""
    context = {"is_owner": is_owner(request), "contact": django_settings.OPERATOR["contact"]}
    return render(request, "partnerships/settings.html", context)


@require_safe
@member_required()
def plan(request: HttpRequest) -> HttpResponse:
    """What stays free, and what a plan would add."""
    context = {
        "is_owner": is_owner(request),
        "majors": selectors.majors_of(tenant_id=tenant_id()),
        "lines": plan_lines.lines(),
        "plans": SOLD,
        "days": TRIAL.days,
    }
    return render(request, "partnerships/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def upgrade(request: HttpRequest) -> HttpResponseBase:
    """Asks, says what becomes of the partner's own space, then begins to try a plan (B8)."""
    if request.method != "POST":
        wanted = request.GET.get("plan", "")
        chosen = next((plan for plan in SOLD if plan.key == wanted), PLANS[PlanKey.GROWING])
        context = {
            "chosen": chosen,
            "days": TRIAL.days,
            "ends": timezone.now() + TRIAL,
            "contact": django_settings.OPERATOR["contact"],
        }
        return render(request, "partnerships/upgrade.html", context)
    try:
        become_full(tenant_id=tenant_id(), plan=request.POST.get("plan", ""), now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("partnerships:plan")
    messages.success(request, _("Votre back-office est complet. Tout ce que vous aviez y est."))
    return redirect("/")
