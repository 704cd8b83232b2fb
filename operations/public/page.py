"""`/o/<slug>`: the page of an operation. Plain forms, no script, 50 KB; posted, it takes part.

A refusal shows the form again with what was typed, or says why there is none; nothing is written.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from operations import links, optins, selectors, sources
from operations.links import Purpose
from operations.models import Operation, Participation, SourceKind
from operations.participating import Source
from operations.public import seal, steps
from operations.public.drawing import draw_page, language_of, shown_or_404, spoken
from operations.public.frame import public_page, show
from operations.public.parts import part_of
from operations.public.sending import send_at
from operations.public.steps import in_steps


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page while the operation is announced, open or over; nothing else is there."""
    now = timezone.now()
    if request.method == "POST":
        with translation.override(language_of(request)):
            return send_at(request, slug, now)
    operation = shown_or_404(slug, now)
    with translation.override(language_of(request)):
        source = sources.read(request.GET.get("s", ""))
        parts = []
        if operation.is_open(now):
            modules = selectors.modules_of(operation)
            parts = [
                part_of(
                    module,
                    language=spoken(),
                    seal=seal.draw(module=module, source=source, now=now),
                )
                for module in modules
            ]
            parts = in_steps(parts, modules=modules, opened=request.GET.get("etape", ""))
        return draw_page(request, operation, parts=parts, now=now)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def onward(request: HttpRequest, slug: str) -> HttpResponse:
    """The page at its next step, for whoever took part a moment ago: what was typed stands there.

    By POST, so that nothing of theirs is in an address that is passed on; it changes nothing.
    """
    now = timezone.now()
    operation = shown_or_404(slug, now)
    row_id = links.read_token(purpose=Purpose.THANKS, token=request.POST.get("suite", ""))
    rows = Participation.objects.filter(operation=operation, is_test=False)
    rows = rows.select_related("operation", "module")
    taken = rows.filter(id=row_id).first() if row_id is not None else None
    if taken is None or not operation.is_open(now):
        return HttpResponseRedirect(reverse("operations:page", args=[operation.slug]))
    with translation.override(taken.language):
        modules = selectors.modules_of(operation)
        ahead = steps.after(taken, now=now)
        source = Source(
            SourceKind(taken.source_kind), taken.source_ref, taken.source_partnership_id
        )
        parts = [
            part_of(
                module,
                language=spoken(),
                seal=seal.draw(module=module, source=source, now=now),
                sent=steps.typed_before(taken, module, language=spoken(), now=now),
            )
            for module in modules
        ]
        parts = in_steps(
            parts,
            modules=modules,
            opened=ahead.public_id if ahead is not None else "",
            done=steps.done_by(taken, modules, now=now),
        )
        return draw_page(request, operation, parts=parts, now=now, onward=True)


@require_safe
@public_page
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at your emails: the same for an address that is new here and for one that is not."""
    operation = shown_or_404(slug, timezone.now())
    with translation.override(language_of(request)):
        return show(request, "asked", {}, operation=operation)


def preview(request: HttpRequest, operation: Operation) -> HttpResponse:
    """The page as it will be, for a frame of the editor: its forms have no seal."""
    now = timezone.now()
    modules = selectors.modules_of(operation)
    parts = [part_of(optins.as_if_agreed(module), language=spoken(), seal="") for module in modules]
    parts = in_steps(parts, modules=modules)
    return draw_page(request, operation, parts=parts, now=now, preview=True)
