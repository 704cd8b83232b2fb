"""Handing prizes over to their winners: one, many at once, and back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from operations import winning
from operations.models import Operation, Win
from operations.views.common import author, operation_or_404
from operations.views.winners import WinnersPage, person_of, prize_of
from shell import formats, undo
from tenants.programme.views.common import back_to

_HANDED = "operation.hand_over"


def _win_or_404(public_id: str) -> Win:
    """The win that an address names (R23)."""
    number = parse_public_id("win", public_id)
    rows = Win.objects.select_related("participation__profile__merged_into", "prize")
    found = rows.filter(id=number).first() if number else None
    if found is None:
        raise Http404
    return found


def _said(win: Win) -> dict[str, Any]:
    return {"prize": prize_of(win), "name": person_of(win).name}


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(back_to(request, reverse("operations:all_winners")))


@require_POST
@member_required(role=Role.MANAGER)
def hand(request: HttpRequest, win: str) -> HttpResponse:
    """Note that the winner has the prize; undone by the toast. Twice is once."""
    row, now = _win_or_404(win), timezone.now()
    try:
        handed = winning.hand_over(win_id=row.id, author_id=author(request), now=now)
    except RicochetError as error:
        messages.error(request, error.said)
        return _back(request)
    if handed.handed_by != author(request) and handed.handed_at is not None:
        when = {"when": formats.moment(handed.handed_at), **_said(row)}
        messages.info(request, _("« %(prize)s » était déjà remis, le %(when)s") % when)
        return _back(request)
    _offer_back(request, _("« %(prize)s » remis à %(name)s") % _said(row), handed.handed_at)
    return _back(request)


@require_POST
@member_required(role=Role.MANAGER)
def hand_selected(request: HttpRequest, operation: str = "") -> HttpResponse:
    """The same of those selected: of those that wait; how many these were is said."""
    of: Operation | None = operation_or_404(operation) if operation else None
    chosen = list(WinnersPage(request, of).selected().values_list("id", flat=True))
    now = timezone.now()
    count = winning.hand_over_all(win_ids=chosen, author_id=author(request), now=now)
    if count:
        words = ngettext("%(n)s lot remis", "%(n)s lots remis", count)
        _offer_back(request, words % {"n": formats.number(count)}, now)
    if left := len(chosen) - count:
        words = ngettext(
            "%(n)s lot n’attendait pas : rien n’a changé pour lui.",
            "%(n)s lots n’attendaient pas : rien n’a changé pour eux.",
            left,
        )
        messages.info(request, words % {"n": formats.number(left)})
    here = reverse("operations:winners", args=[of.public_id]) if of else ""
    asked = request.GET.urlencode()
    path = here or reverse("operations:all_winners")
    return redirect(f"{path}?{asked}" if asked else path)


@require_POST
@member_required(role=Role.MANAGER)
def undo_hand(request: HttpRequest) -> HttpResponse:
    """The toast: all that was noted in that one act waits again."""
    payload = undo.take(request, purpose=_HANDED)
    at = datetime.fromisoformat(str(payload["at"]))
    count = winning.take_back_all(author_id=author(request), handed_at=at)
    words = ngettext(
        "%(n)s lot est de nouveau à remettre", "%(n)s lots sont de nouveau à remettre", count
    )
    messages.success(request, words % {"n": formats.number(count)})
    return _back(request)


@require_POST
@member_required(role=Role.MANAGER)
def take_back(request: HttpRequest, win: str) -> HttpResponse:
    """A hand-over that was noted by mistake, whenever that is found out."""
    row = _win_or_404(win)
    winning.take_back(win_id=row.id)
    messages.success(request, _("« %(prize)s » est de nouveau à remettre") % _said(row))
    return _back(request)


def _offer_back(request: HttpRequest, text: str, at: datetime | None) -> None:
    if at is not None:
        undo.offer(
            request,
            text,
            url=reverse("operations:undo_hand_win"),
            purpose=_HANDED,
            payload={"at": at.isoformat()},
        )
