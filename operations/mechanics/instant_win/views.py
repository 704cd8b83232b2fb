"""The record of the winning moments: for the team with who set the dates, for everybody without."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ids import parse_public_id
from operations.mechanics.draw import signing
from operations.mechanics.finding import module_or_404
from operations.mechanics.instant_win import algorithm, record
from operations.models import WinningPlan
from operations.public.frame import public_page, show
from operations.views.common import names_of


@require_safe
@member_required()
def moments(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """The promise, and each time that the dates were set, by whom; no moment is told here."""
    part = module_or_404(operation=operation, module=module, kind="instant_win")
    plan = WinningPlan.objects.filter(module=part).first()
    rounds = list(plan.rounds.all()) if plan else []
    names = names_of(one.changed_by for one in rounds)
    context = {
        "operation": part.operation,
        "plan": plan,
        "commitment": record.commitment(plan) if plan else "",
        "rounds": [(one, names.get(one.changed_by, "")) for one in rounds],
        "how": _how(),
    }
    return render(request, "operations/mechanics/instant_win/office.html", context)


@require_safe
@public_page
def proof(request: HttpRequest, plan: str) -> HttpResponse:
    """What fixes the moments before, and proves them afterwards; it names nobody."""
    row, now = _plan_or_404(plan), timezone.now()
    context = {
        "plan": row,
        "commitment": record.commitment(row),
        "rounds": row.rounds.all(),
        "over": record.is_over(row, now),
        "how": _how(),
        "key": signing.public_key(),
        "page_answers": row.module.operation.shown_state(now) in ("planned", "live", "ended"),
    }
    return show(request, "moments", context, operation=row.module.operation)


@require_safe
@public_page
def proof_file(request: HttpRequest, plan: str) -> HttpResponse:
    """The signed record as a file; from the end on with the seed and every moment."""
    row = _plan_or_404(plan)
    response = JsonResponse(
        record.document(row, now=timezone.now()),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response["Content-Disposition"] = f'attachment; filename="instants-{row.public_id}.json"'
    return response


def _how() -> tuple[str, ...]:
    return algorithm.HOW.get(get_language() or "fr", algorithm.HOW["fr"])


def _plan_or_404(public_id: str) -> WinningPlan:
    number = parse_public_id("wpl", public_id)
    rows = WinningPlan.objects.select_related("module__operation")
    found = rows.filter(id=number).first() if number else None
    if found is None:
        raise Http404
    return found
