"""`/o/essai/<pass>`: the operation's page in test, the trace of what came of it, and the wiping.

Whoever holds the link may test; nothing that they do counts, leaves or stays.
"""

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.ids import parse_public_id
from operations import counting, optins, selectors
from operations.mechanics import mechanic_of
from operations.models import (
    ModulePartner,
    Operation,
    Participation,
    ParticipationState,
    SourceKind,
)
from operations.participating import Source
from operations.public import seal
from operations.public.choices import ahead_of
from operations.public.drawing import draw_page, language_of, spoken
from operations.public.frame import public_page, show
from operations.public.parts import part_of
from operations.public.sending import send
from operations.public.steps import in_steps
from operations.rehearsing import passes, services, tracing
from operations.rehearsing.passes import Pass
from partnerships.models import OPEN_STATES, Partnership


def _opened(token: str, now: datetime) -> tuple[Pass, Operation]:
    """The operation that a pass opens, as long as there is something to test."""
    given = passes.read(token, now=now)
    operation = Operation.objects.filter(id=given.operation_id).first() if given else None
    if given is None or operation is None:
        raise Http404
    if operation.shown_state(now) in ("ended", "archived"):
        raise Http404
    partner = given.partnership_id
    if partner is not None and not _still_partners(operation, partner):
        raise Http404
    return given, operation


def _still_partners(operation: Operation, partnership_id: uuid.UUID) -> bool:
    named = ModulePartner.objects.filter(
        module__operation=operation, module__removed_at=None, partnership_id=partnership_id
    )
    is_open = Partnership.objects.filter(id=partnership_id, state__in=OPEN_STATES)
    return named.exists() and is_open.exists()


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The page as people will see it, under a banner that says what it is."""
    now = timezone.now()
    given, operation = _opened(token, now)
    with translation.override(language_of(request)):
        if request.method == "POST":
            return send(request, operation, now, test=token)
        modules = selectors.modules_of(operation)
        source = Source(kind=SourceKind.LINK, ref="test", partnership_id=given.partnership_id)
        parts = [
            part_of(
                module, language=spoken(), seal=seal.draw(module=module, source=source, now=now)
            )
            for module in map(optins.as_if_agreed, modules)
        ]
        parts = in_steps(parts, modules=modules, opened=request.GET.get("etape", ""))
        return draw_page(request, operation, parts=parts, now=now, test=token)


def _participation(public_id: str, given: Pass) -> Participation:
    number = parse_public_id("prc", public_id)
    rows = services.tests(operation_id=given.operation_id)
    found = rows.filter(id=number).first() if number else None
    if found is None or found.source_partnership_id != given.partnership_id:
        raise Http404
    return found


@require_safe
@public_page
def trace(request: HttpRequest, token: str, participation: str) -> HttpResponse:
    """What a real participation would have set off."""
    given, operation = _opened(token, timezone.now())
    row = _participation(participation, given)
    mechanic = mechanic_of(row.module)
    with translation.override(row.language):
        waiting = row.state == ParticipationState.PENDING
        result = (
            {}
            if waiting
            else mechanic.result(module=row.module, participation=row, language=row.language)
        )
        context = {
            "participation": row,
            "outcome": row.outcome,
            "steps": tracing.steps_of(row),
            "waiting": waiting,
            "result_template": f"operations/mechanics/{mechanic.kind}/result.html",
            "test": token,
            "count": _own(given).count(),
            **ahead_of(row),
            **result,
        }
        return show(request, "trace", context, operation=operation)


@require_POST
@public_page
def confirm(request: HttpRequest, token: str, participation: str) -> HttpResponse:
    """Play the button of the email that was not sent (double opt-in)."""
    given, _operation = _opened(token, timezone.now())
    row = _participation(participation, given)
    counting.confirm(participation_id=row.id, agreed=(), now=timezone.now())
    return HttpResponseRedirect(reverse("operations:rehearsal_trace", args=[token, row.public_id]))


@require_POST
@public_page
def wipe(request: HttpRequest, token: str) -> HttpResponse:
    """Take away what this side tested, and begin again."""
    now = timezone.now()
    given, operation = _opened(token, now)
    if given.partnership_id is None:
        # The merchant's own tests are wiped in its back office, with those of everybody.
        raise Http404
    services.wipe(operation_id=operation.id, now=now, partnership_id=given.partnership_id)
    return HttpResponseRedirect(reverse("operations:rehearsal", args=[token]))


def _own(given: Pass) -> QuerySet[Participation]:
    rows = services.tests(operation_id=given.operation_id)
    return rows.filter(source_partnership_id=given.partnership_id)
