"""Choosing a prize: the consequence in numbers, then one act (B8)."""

import re
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from billing.plans import Allowed
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from kernel.ledger import selectors as ledger
from kernel.ledger.errors import InsufficientBalanceError
from kernel.money import Amount
from tenants.features import Feature
from tenants.programme.services import claim_prize
from tenants.programme.tiers import TierUnavailableError, claim_tier
from tenants.rewards.models import Prize, PrizeKind
from tenants.rewards.prizes import offered
from tenants.rewards.services import (
    OutOfStockError,
    PrizeChangedError,
    PrizeLimitReachedError,
    PrizeOutOfSeasonError,
    PrizeUnavailableError,
    UnknownPrizeError,
)
from widgets.models import SpaceSession
from widgets.space import selectors
from widgets.space.forms import AddressForm
from widgets.space.pages import customer_page, of_module, own_session, show, to_space

_COST = re.compile(r"[0-9]{1,12}\Z")
_KEY = re.compile(r"[0-9a-f]{32}\Z")


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_module(Allowed.WALLET)
def choose(request: HttpRequest, prize: str) -> HttpResponse:
    """Show what choosing costs and leaves; a POST chooses, once for each form shown (R3)."""
    session = own_session(request)
    prize_id = parse_public_id("prz", prize)
    row = Prize.objects.filter(id=prize_id).first() if prize_id else None
    if row is None:
        raise Http404
    posted = row.kind == PrizeKind.POST
    sent = request.method == "POST"
    form = None
    if posted:
        form = AddressForm(request.POST if sent else None, initial={"name": session.profile.name})
    if not sent:
        return _confirm(request, session, row, form=form)
    key = request.POST.get("key", "")
    if not _KEY.match(key):
        return _confirm(
            request, session, row, form=form, error=_("Confirmez votre choix."), status=422
        )
    if form is not None and not form.is_valid():
        return _confirm(request, session, row, form=form, key=key, status=422)
    shown = request.POST.get("cost", "")
    try:
        claim_prize(
            profile=session.profile,
            prize_id=row.id,
            key=f"space:{session.profile_id}:{key}",
            address=form.cleaned_data if form is not None else None,
            cost_shown=int(shown) if _COST.match(shown) else None,
            now=timezone.now(),
        )
    except RicochetError as error:
        row.refresh_from_db()
        return _confirm(request, session, row, form=form, error=_words(error), status=error.status)
    return to_space(done="envoi" if posted else "lot", at="mes-lots")


@require_POST
@customer_page
@of_module(Feature.TIERS)
def take_tier(request: HttpRequest, tier: str) -> HttpResponse:
    """Take the reward of a tier that was reached before it was made (FS-24); twice is once."""
    session = own_session(request)
    tier_id = parse_public_id("tir", tier)
    if tier_id is None:
        raise Http404
    try:
        claim_tier(profile=session.profile, tier_id=tier_id, now=timezone.now())
    except TierUnavailableError:
        raise Http404 from None
    except RicochetError:
        return to_space(done="trop-tot", at="paliers")
    return to_space(done="palier", at="recompenses")


def _confirm(
    request: HttpRequest,
    session: SpaceSession,
    prize: Prize,
    *,
    form: AddressForm | None = None,
    key: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    balance = ledger.balance(owner_id=session.profile_id, unit=prize.unit)
    line = selectors.prize_line(
        prize=prize,
        balance=balance,
        version=selectors.open_version(now=now),
        now=now,
        taken=selectors.taken_up(prize=prize, profile=session.profile),
    )
    context = {
        "line": line,
        "available": Amount(balance.available, prize.unit),
        "left": Amount(max(balance.available - prize.cost, 0), prize.unit),
        "key": key or uuid.uuid4().hex,
        "form": form,
        "error": error,
        "gone": not offered(now=now, unit=prize.unit).filter(id=prize.id).exists(),
        "has_errors": bool(error) or bool(form and form.errors),
    }
    return show(request, "prize", context, status=status)


# What happened, for who chose; by the kind of refusal.
_REFUSED: dict[type[RicochetError], Any] = {
    InsufficientBalanceError: gettext_lazy(
        "Votre cagnotte ne suffit plus pour ce lot. Rien n’a été retiré."
    ),
    OutOfStockError: gettext_lazy(
        "Le dernier exemplaire vient d’être choisi. Rien n’a été retiré."
    ),
    PrizeLimitReachedError: gettext_lazy("Vous avez déjà choisi ce lot. Rien n’a été retiré."),
    PrizeOutOfSeasonError: gettext_lazy(
        "Ce lot n’est pas proposé en ce moment. Rien n’a été retiré."
    ),
    PrizeChangedError: gettext_lazy(
        "Le coût de ce lot vient de changer. Rien n’a été retiré : voyez le nouveau."
    ),
    PrizeUnavailableError: gettext_lazy("Ce lot n’est plus proposé. Rien n’a été retiré."),
    UnknownPrizeError: gettext_lazy("Ce lot n’est plus proposé. Rien n’a été retiré."),
}


def _words(error: RicochetError) -> str:
    unknown = _("Votre choix n’a pas pu être enregistré. Rien n’a été retiré.")
    return str(_REFUSED.get(type(error), unknown))
