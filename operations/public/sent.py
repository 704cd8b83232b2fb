"""The page after a form without double opt-in: what came of it, to whoever sent it.

Anybody can type another's address. So the page says what the form itself came to, never what is
known of the address: it is the same for one that took part before, whose owner reads the truth in
an email (R33). A code or a link that is somebody's own goes by email, too.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from operations import selectors, sources
from operations.mechanics import mechanic_of
from operations.models import OperationModule, Participation
from operations.participating import Source
from operations.public import steps
from operations.public.drawing import language_of, shown_or_404, spoken
from operations.public.frame import public_page, show

# From when the form was drawn: it may be sent for a day, and the page read for another.
HOLDS = timedelta(hours=48)
_LONGEST = 4_000


def address_of(
    *,
    module: OperationModule,
    told: Mapping[str, Any],
    drawn_at: datetime,
    source: Source | None = None,
    ticked: bool = False,
) -> str:
    """Where a form leads, the same each time; `told` is what the mechanic shows at once, `source`
    the way somebody came, which the next step keeps, `ticked` whether the form had a box ticked.
    """
    # Not a token: that bears its moment, and a form sent twice would lead to two addresses (R3).
    came = sources.plain(source or Source())
    said = [str(module.id), dict(told), int(drawn_at.timestamp()), came, ticked]
    token = _signer().sign_object(said, compress=True)
    return reverse("operations:sent", args=[module.operation.slug, token])


@require_safe
@public_page
def sent(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The mechanic's own result, without a person."""
    now = timezone.now()
    operation = shown_or_404(slug, now)
    module_id, told, drawn, came, ticked = _read(token)
    module = selectors.module_sent(module_id=module_id, operation=operation)
    if module is None:
        raise Http404
    if not 0 <= now.timestamp() - drawn <= HOLDS.total_seconds():
        return HttpResponseRedirect(reverse("operations:page", args=[slug]))
    with translation.override(language_of(request)):
        language, mechanic = spoken(), mechanic_of(module)
        nobody = Participation(module=module, operation=operation, outcome=told, language=language)
        context = {
            **mechanic.result(module=module, participation=nobody, language=language),
            "outcome": told,
            "result_template": f"operations/mechanics/{mechanic.kind}/result.html",
            "ahead": steps.following(module, language=language) if operation.is_open(now) else None,
            "came": came,
            "receipt": mechanic.receipt,
            "ticked": ticked,
        }
        return show(request, "sent", context, operation=operation)


def _read(token: str) -> tuple[uuid.UUID, dict[str, Any], int, str, bool]:
    try:
        # Those that were signed by the versions before say nothing of the source, or hold a token,
        # and nothing of the boxes.
        module_id, told, drawn, *rest = _signer().unsign_object(token[:_LONGEST])
        came = next(iter(rest), "")
        source = sources.read(came) if isinstance(came, str) else sources.of_plain(came)
        ticked = len(rest) > 1 and rest[1] is True
        return uuid.UUID(module_id), dict(told), int(drawn), sources.token_of(source), ticked
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error


def _signer() -> signing.Signer:
    schema = getattr(connection, "schema_name", "") or "public"
    return signing.Signer(salt=f"operations.sent:{schema}")
