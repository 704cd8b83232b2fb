"""The links of a participation's emails: confirm it, see its result, see and take back each yes.

A link is signed for one participation and one purpose (R24). GET shows and changes nothing; the
buttons post without cookies, from whatever mail program, with the signed address as their proof.
"""

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from kernel.ids import parse_public_id
from operations import counting, links, selectors, slots, withdrawing
from operations.errors import OperationOverError
from operations.links import Purpose
from operations.mechanics import mechanic_of
from operations.models import Participation, ParticipationState
from operations.public import steps
from operations.public.frame import public_page, show
from operations.words import pick
from tenants.profiles import consents
from tenants.profiles.models import Consent


def _participation(token: str, purpose: Purpose) -> Participation:
    row_id = links.read_token(purpose=purpose, token=token)
    if row_id is None:
        raise Http404
    rows = Participation.objects.select_related("operation", "module", "profile")
    found = rows.filter(id=row_id).first()
    if found is not None and purpose == Purpose.CONFIRM:
        found = slots.holder(found)  # a letter leads to what was sent last, which it shows
    if found is None or found.state == ParticipationState.VOID:
        raise Http404
    return found


def link_to(name: str, participation_id: uuid.UUID, purpose: Purpose) -> str:
    """The path of one of these pages."""
    return reverse(name, args=[links.token_for(purpose=purpose, row_id=participation_id)])


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Double opt-in: the button makes the participation count, and leads to its result.

    Each consent that would be confirmed stands there in its words, and no other is. Where another
    form was sent meanwhile, the page shows that one and asks again.
    """
    participation = _participation(token, Purpose.CONFIRM)
    over, changed = False, False
    if request.method == "POST" and participation.state == ParticipationState.PENDING:
        changed = request.POST.get("entry", "") != participation.public_id
    if request.method == "POST" and not changed:
        try:
            counting.confirm(
                participation_id=participation.id, agreed=_agreed(request), now=timezone.now()
            )
        except OperationOverError:
            over = True
        else:
            return HttpResponseRedirect(
                link_to("operations:thanks", participation.id, Purpose.THANKS)
            )
    with translation.override(participation.language):
        context = {
            "participation": participation,
            "confirmed": participation.state == ParticipationState.COUNTED,
            "over": over,
            "changed": changed,
            "asked": counting.awaiting(participation),
            "thanks_url": link_to("operations:thanks", participation.id, Purpose.THANKS),
        }
        return show(
            request,
            "confirm",
            context,
            operation=participation.operation,
            status=409 if over or changed else 200,
        )


def _agreed(request: HttpRequest) -> set[uuid.UUID]:
    """The consents that were on the page, unless the other button said to leave them out."""
    if request.POST.get("without"):
        return set()
    shown = (parse_public_id("cst", value) for value in request.POST.getlist("consent"))
    return {number for number in shown if number is not None}


@require_safe
@public_page
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What came of a participation, for whoever just took part or holds the result's email."""
    participation = _participation(token, Purpose.THANKS)
    given = counting.agreed_with(participation)
    ended = consents.withdrawn_when(given)
    mechanic = mechanic_of(participation.module)
    with translation.override(participation.language):
        result = mechanic.result(
            module=participation.module,
            participation=participation,
            language=participation.language,
        )
        context = {
            **result,
            "participation": participation,
            "outcome": participation.outcome,
            "waiting": participation.state == ParticipationState.PENDING,
            "result_template": f"operations/mechanics/{mechanic.kind}/result.html",
            "given": given,
            "holding": [row for row in given if row.id not in ended],
            "choices_url": link_to("operations:choices", participation.id, Purpose.CHOICES),
            "token": token,
            **ahead_of(participation),
        }
        return show(request, "thanks", context, operation=participation.operation)


def ahead_of(participation: Participation) -> dict[str, Any]:
    """The step that comes next, in words; nothing where there is none."""
    module = steps.after(participation, now=timezone.now())
    if module is None:
        return {}
    modules = selectors.modules_of(participation.operation)
    language = participation.language
    return {"ahead": steps.as_step(module, modules=modules, language=language)}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def choices(request: HttpRequest, token: str) -> HttpResponse:
    """Each yes that came with this participation, in its exact words, with a button to end it."""
    participation = _participation(token, Purpose.CHOICES)
    given = counting.agreed_with(participation)
    if request.method == "POST":
        chosen = parse_public_id("cst", str(request.POST.get("consent", "")))
        consent = next((row for row in given if row.id == chosen), None)
        if consent is None:
            raise Http404
        withdrawing.withdraw(consent=consent, how="link", now=timezone.now())
        return HttpResponseRedirect(f"{request.path}?fait={consent.public_id}")
    with translation.override(participation.language):
        context = {
            "participation": participation,
            "title": pick(participation.operation.title, participation.language)
            or participation.operation.name,
            "page_answers": participation.operation.shown_state(timezone.now())
            in ("planned", "live", "ended"),
            "rows": _rows(given),
            "done": _name_of(given, request.GET.get("fait", "")),
        }
        return show(request, "choices", context, operation=participation.operation)


def _rows(given: list[Consent]) -> list[tuple[Consent, datetime | None]]:
    """Each consent, and when it was withdrawn."""
    ended = consents.withdrawn_when(given)
    return [(row, ended.get(row.id)) for row in given]


def _name_of(given: list[Consent], public: str) -> str:
    return next((row.controller_name for row in given if row.public_id == public), "")
