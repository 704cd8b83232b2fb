"""The page of a draw for the team: its promise, then its winners, its proof and its files."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from operations.mechanics.draw import algorithm, checking, drawing, replacing
from operations.mechanics.draw.forms import ReplaceForm
from operations.mechanics.draw.replacing import REASONS, Reason
from operations.mechanics.finding import module_or_404
from operations.models import Draw, DrawPlace, OperationModule, Participation, Why
from operations.views.common import author, names_of, say
from shell.forms import answer
from shell.table_export import guarded
from tenants.programme.dates import local

_SLICE = 500


def _found(operation: str, module: str) -> tuple[OperationModule, Draw | None]:
    part = module_or_404(operation=operation, module=module, kind="draw")
    return part, Draw.objects.filter(module=part).first()


@require_safe
@member_required()
def draw(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """Before: what was promised. Afterwards: who was drawn; `?verifier=1` makes the draw again."""
    part, row = _found(operation, module)
    drawn = row is not None and row.drawn_at is not None
    places = DrawPlace.objects.filter(draw=row).select_related("prize", "participation__profile")
    names = names_of(place.stepped_down_by for place in places)
    language = get_language() or "fr"
    context: dict[str, Any] = {
        "operation": part.operation,
        "module": part,
        "draw": row,
        "drawn": drawn,
        "language": language,
        "winners": [
            (place, REASONS.get(place.stepped_down_why, ""), names.get(place.stepped_down_by, ""))
            for place in places
            if place.prize_id
        ],
        "waiting": [place for place in places if not place.prize_id],
        "chances": drawing.chances(part) if row and not drawn else 0,
        "record": row.record.get("record") if row else None,
        "how": algorithm.HOW.get(language, algorithm.HOW["fr"]),
        "can_change": has_role(request, Role.MANAGER),
    }
    if row is not None and drawn and request.GET.get("verifier"):
        context["checks"] = checking.check(drawing.document(row))
    return render(request, "operations/mechanics/draw/office.html", context)


@require_safe
@member_required()
def record(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """The signed record with its list: no personal data, all that a check needs."""
    _part, row = _found(operation, module)
    return as_file(row)


def as_file(row: Draw | None) -> HttpResponse:
    """The document of a draw as a file; 404 before it was drawn."""
    if row is None or row.drawn_at is None:
        raise Http404
    response = JsonResponse(
        drawing.document(row), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="tirage-{row.public_id}.json"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@member_required(role=Role.MANAGER)
def participants(request: HttpRequest, operation: str, module: str) -> StreamingHttpResponse:
    """Who stands behind each line of the list, for whoever attests the draw."""
    _part, row = _found(operation, module)
    if row is None or row.drawn_at is None:
        raise Http404
    response = StreamingHttpResponse(_lines(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tirage-{row.public_id}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(row: Draw) -> Iterator[str]:
    # French spreadsheets want the mark of UTF-8 and a semicolon.
    yield "\ufeff" + _line([_("Participation"), _("Personne"), _("Nom"), _("E-mail"), _("Date")])
    entries = algorithm.from_text(row.entries)
    for start in range(0, len(entries), _SLICE):
        part = entries[start : start + _SLICE]
        ids = [parse_public_id("prc", entry.participation) for entry in part]
        rows = Participation.objects.select_related("profile").in_bulk(ids)
        for number, entry in zip(ids, part, strict=True):
            found = rows[number]
            person = found.profile
            yield _line(
                [
                    entry.participation,
                    entry.person,
                    person.name if person else "",
                    person.email if person else "",
                    local(found.created_at).strftime("%Y-%m-%d %H:%M:%S"),
                ]
            )


def _line(values: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(map(guarded, values))
    return text.getvalue()


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def pass_on(request: HttpRequest, operation: str, module: str, place: str) -> HttpResponse:
    """A winner is replaced for a reason: the next substitute has the prize."""
    part, row = _found(operation, module)
    back = redirect("operations:draw", operation=operation, module=module)
    found = _winner_or_404(row, place)
    if found.stepped_down_at is not None and request.method != "POST":
        return back
    form = ReplaceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = Reason(Why(form.cleaned_data["why"]), form.cleaned_data["note"], author(request))
        try:
            heir = replacing.pass_on(
                place_id=found.id, module=part, reason=reason, now=timezone.now()
            )
        except RicochetError as error:
            say(form, error)
        else:
            messages.success(request, _("Le lot va au rang %(rank)s.") % {"rank": heir.rank})
            return back
    context = {"operation": part.operation, "module": part, "place": found}
    return answer(request, "operations/mechanics/draw/replace.html", context, form)


def _winner_or_404(row: Draw | None, public_id: str) -> DrawPlace:
    number = parse_public_id("dpl", public_id)
    places = DrawPlace.objects.select_related("prize", "participation__profile")
    found = places.filter(id=number, draw=row, prize__isnull=False).first() if number else None
    if found is None:
        raise Http404
    return found
