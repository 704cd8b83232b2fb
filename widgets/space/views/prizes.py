"""Choosing a prize: the consequence in numbers, then one act (B8)."""

import re
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from kernel.ledger import selectors as ledger
from kernel.ledger.errors import InsufficientBalanceError
from kernel.money import Amount
from tenants.programme.services import claim_prize
from tenants.rewards.models import Prize
from tenants.rewards.services import OutOfStockError, PrizeUnavailableError, UnknownPrizeError
from widgets.models import SpaceSession
from widgets.space import selectors
from widgets.space.pages import customer_page, own_session, show, to_space

_KEY = re.compile(r"[0-9a-f]{32}\Z")


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def choose(request: HttpRequest, prize: str) -> HttpResponse:
    """Show what choosing costs and leaves; a POST chooses, once for each form shown (R3)."""
    session = own_session(request)
    prize_id = parse_public_id("prz", prize)
    row = Prize.objects.filter(id=prize_id).first() if prize_id else None
    if row is None:
        raise Http404
    if request.method != "POST":
        return _confirm(request, session, row)
    key = request.POST.get("key", "")
    if not _KEY.match(key):
        return _confirm(request, session, row, error=_("Confirmez votre choix."), status=422)
    try:
        claim_prize(
            profile=session.profile,
            prize_id=row.id,
            key=f"space:{session.profile_id}:{key}",
            now=timezone.now(),
        )
    except RicochetError as error:
        return _confirm(request, session, row, error=_words(error), status=error.status)
    return to_space(done="lot", at="mes-lots")


def _confirm(
    request: HttpRequest, session: SpaceSession, prize: Prize, *, error: str = "", status: int = 200
) -> HttpResponse:
    balance = ledger.balance(owner_id=session.profile_id, unit=prize.unit)
    version = selectors.open_version(now=timezone.now())
    line = selectors.prize_line(prize=prize, balance=balance, version=version)
    gone = not prize.active or prize.stock == 0
    context = {
        "line": line,
        "available": Amount(balance.available, prize.unit),
        "left": Amount(max(balance.available - prize.cost, 0), prize.unit),
        "key": uuid.uuid4().hex,
        "error": error,
        "gone": gone,
        "has_errors": bool(error),
    }
    return show(request, "prize", context, status=status)


def _words(error: RicochetError) -> str:
    """What happened, for who chose."""
    if isinstance(error, InsufficientBalanceError):
        return _("Votre cagnotte ne suffit plus pour ce lot. Rien n’a été retiré.")
    if isinstance(error, OutOfStockError):
        return _("Le dernier exemplaire vient d’être choisi. Rien n’a été retiré.")
    if isinstance(error, PrizeUnavailableError | UnknownPrizeError):
        return _("Ce lot n’est plus proposé. Rien n’a été retiré.")
    return _("Votre choix n’a pas pu être enregistré. Rien n’a été retiré.")
