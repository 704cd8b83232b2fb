"""One act on many rows: the question with its numbers, and what became of each row (B7).

A list's view calls `begin` with the rows that were ticked:

    def join(request):
        return bulk.begin(request, act="loyalty-join", rows=MembersPage(request).selected())
"""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.access import member_required
from tenants.features import is_on
from tenants.gates import refused
from tenants.programme.bulk import services
from tenants.programme.bulk.acts import ACTS
from tenants.programme.bulk.models import Item, ItemState, Selection
from tenants.programme.bulk.shapes import Act
from tenants.programme.job_page import words_of_error
from tenants.programme.views.common import author, back_to, can_change, number_or_404

_SHOWN = 100


def begin(
    request: HttpRequest, *, act: str, rows: QuerySet[Any], args: dict[str, Any] | None = None
) -> HttpResponse:
    """Keep the selection and go to its question; with nothing ticked, back to the list."""
    try:
        selection = services.prepare(
            act=act, rows=rows, args=args, author_id=author(request), now=timezone.now()
        )
    except services.NothingSelectedError as error:
        messages.error(request, str(error))
        return redirect(back_to(request, ACTS[act].back()))
    return redirect("programme:bulk", selection.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def bulk(request: HttpRequest, selection: str) -> HttpResponse:
    """Before it is confirmed, to how many rows the act applies; afterwards, what failed."""
    found = _selection_or_404(selection)
    act = services.act_of(found)
    if act.feature is not None and not is_on(act.feature):
        return refused(request, act.feature)
    if request.method == "POST" and not can_change(request):
        return render(request, "programme/bulk.html", _context(request, found, act), status=403)
    if request.method == "POST":
        started = services.start(
            selection_id=found.id, author_id=author(request), now=timezone.now()
        )
        return redirect("programme:job", services.job_of(started).public_id)
    return render(request, "programme/bulk.html", _context(request, found, act))


def _selection_or_404(public_id: str) -> Selection:
    try:
        return services.get(selection_id=number_or_404("blk", public_id))
    except services.UnknownSelectionError:
        raise Http404 from None


def _context(request: HttpRequest, selection: Selection, act: Act) -> dict[str, Any]:
    asked = selection.job_id is None
    state = ItemState.SKIPPED if asked else ItemState.FAILED
    items = list(selection.items.filter(state=state).order_by("id")[: _SHOWN + 1])
    rows = act.model._default_manager.in_bulk([item.subject_id for item in items])
    skipped = selection.total - selection.applicable
    return {
        "selection": selection,
        "act": act,
        "asked": asked,
        "job": None if asked else services.job_of(selection),
        "title": act.question(selection.applicable) if selection.applicable else str(act.verb),
        "consequence": act.consequence(selection.applicable),
        "noun": act.nouns[selection.total > 1],
        "skipped": skipped,
        "why": _reasons(selection, act) if asked else [],
        "rows": [
            (
                act.row_name(rows[item.subject_id])
                if item.subject_id in rows
                else pgettext("ligne", "Retiré"),
                act.row_url(rows[item.subject_id]) if item.subject_id in rows else "",
                words_for(act, item.code),
            )
            for item in items[:_SHOWN]
        ],
        "more": len(items) > _SHOWN,
        "back": act.back(),
        "can_change": can_change(request),
    }


def _reasons(selection: Selection, act: Act) -> list[tuple[str, int]]:
    """How many rows are left out for which reason, the most frequent first."""
    codes = Item.objects.filter(selection=selection, state=ItemState.SKIPPED)
    counts = Counter(codes.values_list("code", flat=True).iterator())
    return [(words_for(act, code), n) for code, n in counts.most_common()]


def words_for(act: Act, code: str) -> str:
    """Why a row was left out or failed, as a person reads it."""
    return str(act.reasons.get(code) or words_of_error(code) or _("N’a pas pu être fait."))
