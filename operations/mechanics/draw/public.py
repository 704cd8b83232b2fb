"""A draw for everybody: the promise while people take part, the record once it is drawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kernel.ids import parse_public_id
from operations.mechanics.draw import algorithm, signing
from operations.mechanics.draw.replacing import REASONS
from operations.mechanics.draw.views import as_file
from operations.models import Draw
from operations.public.frame import public_page, show


def _draw_or_404(public_id: str) -> Draw:
    number = parse_public_id("drw", public_id)
    rows = Draw.objects.select_related("module__operation")
    found = rows.filter(id=number).first() if number else None
    if found is None:
        raise Http404
    return found


@require_safe
@public_page
def proof(request: HttpRequest, draw: str) -> HttpResponse:
    """What fixes the draw before, and proves it afterwards; it names nobody."""
    row, now = _draw_or_404(draw), timezone.now()
    language = get_language() or "fr"
    context = {
        "draw": row,
        "record": row.record.get("record"),
        "addenda": [
            (one["record"], REASONS.get(one["record"]["reason"], ""), _moment(one["record"]))
            for one in row.addenda
        ],
        "how": algorithm.HOW.get(language, algorithm.HOW["fr"]),
        "key": signing.public_key(),
        "page_answers": row.module.operation.shown_state(now) in ("planned", "live", "ended"),
    }
    return show(request, "draw", context, operation=row.module.operation)


def _moment(record: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(record["written_at"]))


@require_safe
@public_page
def proof_file(request: HttpRequest, draw: str) -> HttpResponse:
    """The signed record and its list, as a file."""
    return as_file(_draw_or_404(draw))
