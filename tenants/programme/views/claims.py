"""Claims to prepare, hand over or cancel."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.money import Amount
from shell import formats, undo
from shell.tables import Column, Empty, ListPage, View
from tenants.profiles.services import fold_text
from tenants.programme import services, waiting
from tenants.programme.views.common import (
    author,
    back_to,
    can_change,
    confirm,
    customer_url,
    number_or_404,
)
from tenants.rewards.models import Claim, ClaimState
from tenants.rewards.services import ClaimClosedError, hand_over, undo_hand_over

_HANDED = "claim.hand_over"


_LOOKS = {
    ClaimState.CLAIMED: "pending",
    ClaimState.HANDED_OVER: "done",
    ClaimState.CANCELLED: "cancelled",
}


def _whose(claim: Any) -> str:
    """Who claimed; and, while the prize is still here, what their cagnotte has to make up for."""
    name = str(claim.profile.name)
    if claim.state != ClaimState.CLAIMED or not claim.debt:
        return name
    return _("%(name)s, %(debt)s à combler") % {
        "name": name,
        "debt": formats.amount(Amount(claim.debt, claim.unit)),
    }


class ClaimsPage(ListPage):
    label = gettext_lazy("Demandes de lots")
    nouns = (gettext_lazy("demande"), gettext_lazy("demandes"))
    export_name = "demandes"
    search_label = gettext_lazy("Code, client ou lot")
    default_sort = "-date"
    columns = (
        Column(
            "prize",
            gettext_lazy("Lot"),
            main=True,
            value="prize_name",
            detail=_whose,
        ),
        Column("code", gettext_lazy("Code"), template="programme/cells/code.html"),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda claim: _LOOKS[claim.state],
            template="programme/cells/claim_state.html",
        ),
        Column("cost", gettext_lazy("Coût"), kind="money", sort="cost"),
        Column(
            "date",
            gettext_lazy("Demandé"),
            kind="moment",
            sort="claimed_at",
            value="claimed_at",
        ),
        Column(
            "acts",
            gettext_lazy("Actions"),
            export=False,
            template="programme/cells/claim_acts.html",
        ),
    )
    views = (
        View(
            "a-preparer",
            gettext_lazy("À préparer"),
            lambda rows: rows.filter(state=ClaimState.CLAIMED),
        ),
        View(
            "remis", gettext_lazy("Remis"), lambda rows: rows.filter(state=ClaimState.HANDED_OVER)
        ),
        View(
            "annules",
            gettext_lazy("Annulés"),
            lambda rows: rows.filter(state=ClaimState.CANCELLED),
        ),
        View("toutes", gettext_lazy("Toutes")),
    )
    empty = Empty(
        gettext_lazy("Aucune demande pour l’instant"),
        gettext_lazy("Quand un client choisit un lot, il attend ici que vous le remettiez."),
    )

    def queryset(self) -> QuerySet[Any]:
        rows = Claim.objects.select_related("profile", "prize")
        return waiting.with_debt(rows).order_by("-claimed_at", "-id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        named = Q()
        for word in fold_text(query).split():
            named &= Q(profile__search_text__contains=word)
        code = query.replace(" ", "").replace("-", "").upper()
        return rows.filter(named | Q(code__startswith=code) | Q(prize_name__icontains=query))

    def row_url(self, row: Any) -> str:
        return customer_url(row.profile)


@require_safe
@member_required()
def claims(request: HttpRequest) -> HttpResponseBase:
    """What customers asked for, those to prepare first."""
    context = {"can_change": can_change(request), "current": "claims"}
    return ClaimsPage(request).respond("programme/prizes.html", context)


def _claim_or_404(public_id: str) -> Claim:
    rows = waiting.with_debt(Claim.objects.select_related("profile", "prize"))
    claim = rows.filter(id=number_or_404("clm", public_id)).first()
    if claim is None:
        raise Http404
    return claim


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def hand(request: HttpRequest, claim: str) -> HttpResponse:
    """Say that the customer has the prize; undone by the toast. Twice is once.

    Whose cagnotte is in debt gets it only after a question that names the amount (B8).
    """
    row = _claim_or_404(claim)
    back = back_to(request, reverse("programme:claims"))
    sure = request.POST.get("sure") == "1" or not _in_debt(row)
    if request.method != "POST" or not sure:
        return _ask_to_hand(request, row, back)
    words = {"prize": row.prize_name, "name": row.profile.name}
    try:
        hand_over(claim_id=row.id, now=timezone.now())
    except ClaimClosedError as error:
        row.refresh_from_db()
        if row.state != ClaimState.HANDED_OVER:
            messages.error(request, str(error))
            return redirect(back)
    undo.offer(
        request,
        _("« %(prize)s » remis à %(name)s") % words,
        url=reverse("programme:undo_hand"),
        purpose=_HANDED,
        payload={"claim": row.public_id},
    )
    return redirect(back)


def _in_debt(row: Any) -> bool:
    return row.state == ClaimState.CLAIMED and bool(row.debt)


def _ask_to_hand(request: HttpRequest, row: Any, back: str) -> HttpResponse:
    words = {
        "prize": row.prize_name,
        "name": row.profile.name,
        "debt": formats.amount(Amount(row.debt or 0, row.unit)),
        "cost": formats.amount(Amount(row.cost, row.unit)),
    }
    text = _("Vous pourrez l’annuler pendant quelques secondes.")
    if _in_debt(row):
        text = _(
            "Sa cagnotte doit %(debt)s, repris après avoir été dépensés : ses prochains gains les"
            " combleront, s’il y en a. Annuler la demande lui rendrait %(cost)s, qui combleraient"
            " d’abord ce manque."
        )
    return confirm(
        request,
        title=_("Remettre « %(prize)s » à %(name)s ?") % words,
        text=text % words,
        act=_("Remettre le lot"),
        back=back,
        danger=False,
        hidden={"next": back, "sure": "1"},
    )


@require_POST
@member_required(role=Role.MANAGER)
def undo_hand(request: HttpRequest) -> HttpResponse:
    """Take back a hand-over noted by mistake."""
    payload = undo.take(request, purpose=_HANDED)
    row = undo_hand_over(claim_id=_claim_or_404(payload["claim"]).id)
    messages.success(request, _("« %(prize)s » est de nouveau à préparer") % {
        "prize": row.prize_name
    })  # fmt: skip
    return redirect(back_to(request, reverse("programme:claims")))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def cancel(request: HttpRequest, claim: str) -> HttpResponse:
    """Cancel a claim, after a question that names the amount given back (B8)."""
    row = _claim_or_404(claim)
    back = reverse("programme:claims")
    words = {
        "prize": row.prize_name,
        "name": row.profile.name,
        "amount": formats.amount(Amount(row.cost, row.unit)),
    }
    if request.method == "POST":
        if row.state == ClaimState.CANCELLED:
            return redirect(back)
        try:
            services.cancel_claim(claim_id=row.id, author_id=author(request), now=timezone.now())
        except RicochetError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Demande annulée, %(amount)s rendus à %(name)s") % words)
        return redirect(back)
    return confirm(
        request,
        title=_("Annuler « %(prize)s » pour %(name)s ?") % words,
        text=_("%(amount)s reviennent dans sa cagnotte.") % words,
        act=_("Annuler la demande"),
        back=back,
    )
