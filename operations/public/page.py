"""`/o/<slug>`: the page of an operation. Plain forms, no script, 50 KB; posted, it takes part.

A refusal shows the form again with what was typed, or says why there is none; nothing is written.
"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from operations import optins, selectors, sources
from operations.models import Operation
from operations.public import seal
from operations.public.drawing import draw_page, language_of, shown_or_404, spoken
from operations.public.frame import public_page, show
from operations.public.parts import part_of
from operations.public.sending import send


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page while the operation is announced, open or over; nothing else is there."""
    now = timezone.now()
    operation = shown_or_404(slug, now)
    with translation.override(language_of(request)):
        if request.method == "POST":
            return send(request, operation, now)
        source = sources.read(request.GET.get("s", ""))
        parts = []
        if operation.is_open(now):
            parts = [
                part_of(
                    module,
                    language=spoken(),
                    seal=seal.draw(module=module, source=source, now=now),
                )
                for module in selectors.modules_of(operation)
            ]
        return draw_page(request, operation, parts=parts, now=now)


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
    parts = [
        part_of(optins.as_if_agreed(module), language=spoken(), seal="")
        for module in selectors.modules_of(operation)
    ]
    return draw_page(request, operation, parts=parts, now=now, preview=True)
