"""What a merchant does with one claim: hand it over, post it, cancel it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from kernel.money import Amount
from shell import formats, undo
from tenants.features import feature_required
from tenants.programme import services, waiting
from tenants.programme.views.common import author, back_to, confirm, number_or_404
from tenants.rewards.models import Claim, ClaimState
from tenants.rewards.models.prizes import CODE_KINDS
from tenants.rewards.services import (
    ClaimClosedError,
    hand_over,
    undo_hand_over,
    undo_sent,
)

_HANDED = "claim.hand_over"
_SENT = "claim.send"


def claim_or_404(public_id: str) -> Any:
    """The claim that an address names, with what its customer's cagnotte is in debt (R23)."""
    rows = waiting.with_debt(Claim.objects.select_related("profile", "prize"))
    claim = rows.filter(id=number_or_404("clm", public_id)).first()
    if claim is None:
        raise Http404
    return claim


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def hand(request: HttpRequest, claim: str) -> HttpResponse:
    """Say that the customer has the prize; undone by the toast. Twice is once.

    Whose cagnotte is in debt gets it only after a question that names the amount (B8).
    """
    row = claim_or_404(claim)
    back = back_to(request, reverse("programme:claims"))
    sure = request.POST.get("sure") == "1" or not _in_debt(row)
    if request.method != "POST" or not sure:
        return _ask_to_hand(request, row, back)
    return _done(
        request,
        row,
        act=lambda: hand_over(claim_id=row.id, now=timezone.now()),
        wanted=ClaimState.HANDED_OVER,
        words=_("« %(prize)s » remis à %(name)s"),
        undo_url=reverse("programme:undo_hand"),
        purpose=_HANDED,
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def send(request: HttpRequest, claim: str) -> HttpResponse:
    """Say that a prize is in the post; undone by the toast. Twice is once."""
    row = claim_or_404(claim)
    return _done(
        request,
        row,
        act=lambda: services.send_claim(claim_id=row.id, now=timezone.now()),
        wanted=ClaimState.SENT,
        words=_("« %(prize)s » envoyé à %(name)s"),
        undo_url=reverse("programme:undo_send"),
        purpose=_SENT,
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def undo_hand(request: HttpRequest) -> HttpResponse:
    """Take back a hand-over noted by mistake."""
    payload = undo.take(request, purpose=_HANDED)
    row = undo_hand_over(claim_id=claim_or_404(payload["claim"]).id)
    words = _("« %(prize)s » est de nouveau à préparer")
    messages.success(request, words % {"prize": row.prize_name})
    return redirect(back_to(request, reverse("programme:claims")))


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def undo_send(request: HttpRequest) -> HttpResponse:
    """Take back a dispatch noted by mistake."""
    payload = undo.take(request, purpose=_SENT)
    row = undo_sent(claim_id=claim_or_404(payload["claim"]).id)
    words = _("« %(prize)s » est de nouveau à envoyer")
    messages.success(request, words % {"prize": row.prize_name})
    return redirect(back_to(request, reverse("programme:claims")))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def cancel(request: HttpRequest, claim: str) -> HttpResponse:
    """Cancel a claim, after a question that names the amount given back (B8)."""
    row = claim_or_404(claim)
    back = reverse("programme:claims")
    words = {
        "prize": row.prize_name,
        "name": row.profile.name,
        "amount": formats.amount(Amount(row.cost, row.unit)),
        "code": row.code,
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
    text = _("%(amount)s reviennent dans sa cagnotte.") % words
    if row.kind in CODE_KINDS:
        text += " " + _("Désactivez aussi le code %(code)s dans votre boutique.") % words
    return confirm(
        request,
        title=_("Annuler « %(prize)s » pour %(name)s ?") % words,
        text=text,
        act=_("Annuler la demande"),
        back=back,
    )


def _done(
    request: HttpRequest,
    row: Any,
    *,
    act: Callable[[], Claim],
    wanted: ClaimState,
    words: str,
    undo_url: str,
    purpose: str,
) -> HttpResponse:
    """Act, and offer the way back; somebody who did the same just before is no error."""
    back = back_to(request, reverse("programme:claims"))
    try:
        act()
    except ClaimClosedError as error:
        row.refresh_from_db()
        if row.state != wanted:
            messages.error(request, str(error))
            return redirect(back)
    undo.offer(
        request,
        words % {"prize": row.prize_name, "name": row.profile.name},
        url=undo_url,
        purpose=purpose,
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
