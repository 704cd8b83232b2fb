"""How the page of an operation is drawn, whatever brought somebody to it."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from kernel.errors import RicochetError
from operations import pictures, selectors
from operations.models import Operation
from operations.public.frame import show, tenant_of
from operations.public.parts import Part
from operations.rehearsing import passes
from operations.sample_rules.following import rules_of
from operations.words import LANGUAGES, pick


def draw_page(
    request: HttpRequest,
    operation: Operation,
    *,
    parts: list[Part],
    now: datetime,
    status: int = 200,
    preview: bool = False,
    test: str = "",
    onward: bool = False,
) -> HttpResponse:
    """`test` is the pass of a test, under whose banner the forms are sent back to it; `onward`
    says that a step was taken already.
    """
    language = spoken()
    # A step that lists its prizes by itself says it once, and more exactly.
    listed = any(part.open and part.questions.get("prizes") for part in parts)
    winnable = _winnable(operation, parts)
    context = {
        "title": pick(operation.title, language) or operation.name,
        "subtitle": pick(operation.subtitle, language),
        "prizes": "" if listed else pick(operation.prizes, language),
        **winnable,
        # One prize that the step below names with its worth: it is not said twice in a row.
        "value_listed": listed and winnable["prize_count"] == 1,
        "note": pick(operation.texts.get("note"), language),
        "has_rules": bool(pick(rules_of(operation), language)),
        "picture": pictures.shown(str(operation.look.get("image") or "")),
        "parts": parts,
        "form_errors": status >= 400,
        "state": operation.shown_state(now) if not (preview or test) else "live",
        "preview": preview,
        "test": test,
        "onward": onward,
        # The rules and the data page of a draft open with the test's pass only.
        "told_query": f"?essai={test}" if test else "",
        "currency": tenant_of(request).currency,
    }
    return show(request, "page", context, operation=operation, status=status)


def _winnable(operation: Operation, parts: list[Part]) -> dict[str, Any]:
    """How many prizes there are, and their worth: as the modules list them, where they do."""
    # After a mistake only the module that was sent is drawn.
    all_there = bool(parts) and len(parts) >= parts[0].of
    modules = [part.module for part in parts] if all_there else selectors.modules_of(operation)
    listed = [row for module in modules for row in module.settings.get("prizes") or ()]
    if not listed:
        return {"prize_count": operation.prize_count, "prize_value": operation.prize_value}
    values = [row.get("value") for row in listed]
    whole = sum(row["stock"] * (row.get("value") or 0) for row in listed)
    count = sum(row["stock"] for row in listed)
    return {"prize_count": count, "prize_value": whole if all(values) else None}


def say(request: HttpRequest, operation: Operation, error: RicochetError) -> HttpResponse:
    """A sentence in place of the form, and the way back to the page."""
    return show(
        request,
        "refused",
        {"said": error.said, "code": error.code},
        operation=operation,
        status=error.status,
    )


def shown_or_404(slug: str, now: datetime, *, test: str = "") -> Operation:
    """The operation of this address, once people may see it; before that with a test's pass."""
    return if_shown(selectors.operation_at(slug=slug), now, test=test)


def if_shown(operation: Operation | None, now: datetime, *, test: str = "") -> Operation:
    """What was found at an address, where people may see it; else 404."""
    if operation is None:
        raise Http404
    if test:
        given = passes.read(test, now=now)
        if given is None or given.operation_id != operation.id:
            raise Http404
    elif operation.shown_state(now) not in ("planned", "live", "ended"):
        raise Http404
    return operation


def language_of(request: HttpRequest) -> str:
    chosen = request.GET.get("langue", "")
    return chosen if chosen in LANGUAGES else spoken()


def spoken() -> str:
    language = translation.get_language() or "fr"
    return language if language in LANGUAGES else "fr"
