"""What a partner is asked to agree for: the operations that name it, in words for a letter."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from kernel.names import holds_a_link
from operations.models import Operation, OperationState
from operations.spans import span
from operations.words import pick
from partnerships.models import Partnership
from tenants.context import NoTenantError, current_tenant

_MOST = 3


def in_words(*, partnership: Partnership, language: str, now: datetime) -> str:
    """Each operation that is still to run or running, with its dates and whether it is online.

    The soonest first, three at most; "" where there is none, or where another than the major asks.
    """
    try:
        if current_tenant().id != partnership.major_id:
            return ""
    except NoTenantError:
        return ""
    rows = (
        Operation.objects.filter(
            modules__partners__partnership_id=partnership.id,
            modules__removed_at=None,
            archived_at=None,
        )
        .exclude(state=OperationState.ENDED)
        .order_by("starts_at", "id")
        .distinct()
    )
    # It stands in a stranger's letter: a title with a link in it is not told there (R42).
    named = [(row, pick(row.title, language) or row.name) for row in rows]
    with translation.override(language):
        told = [
            _told(row, title, now)
            for row, title in named
            if row.shown_state(now) != "ended" and not holds_a_link(title)
        ]
        return _(" ; ").join(told[:_MOST])


def _told(row: Operation, title: str, now: datetime) -> str:
    state, days = row.shown_state(now), span(row)
    if state == "live":
        words = _("« %(title)s », déjà en ligne, %(days)s")
    elif state == "planned":
        words = _("« %(title)s », pas encore en ligne, prévue %(days)s")
    elif days:
        words = _("« %(title)s », en préparation, prévue %(days)s")
    else:
        words = _("« %(title)s », en préparation, sans dates pour l’instant")
    return words % {"title": title, "days": days}
