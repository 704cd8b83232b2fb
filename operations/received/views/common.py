"""What the minor's pages share."""

from datetime import datetime

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from operations.models import ReceivedOperation
from operations.received import selectors
from partnerships.models import OPEN_STATES, Partnership, State


def operation_or_404(public_id: str) -> ReceivedOperation:
    """The operation that an address names (R23)."""
    found = selectors.operation(public_id=public_id)
    if found is None:
        raise Http404
    return found


def page_of(name: str, *args: str) -> str:
    """The address of a page that not every back office has; "" where this one has not."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def sharing_note(operation: ReceivedOperation) -> tuple[str, str]:
    """What keeps data from coming, and where that changes; ("", "") where nothing does."""
    row = Partnership.objects.filter(id=operation.partnership_id).first()
    if row is None or row.state == State.ENDED:
        return _(
            "Votre partenariat avec %(brand)s est terminé : plus rien n’est partagé. Ce que vous"
            " avez reçu reste à vous."
        ) % {"brand": operation.major_name}, ""
    if row.state != State.ACTIVE:
        return _(
            "Les données arrivent quand %(brand)s et vous avez accepté l’accord de partenariat."
        ) % {"brand": operation.major_name}, page_of("partnerships:agreement", row.public_id)
    return "", ""


def can_test(operation: ReceivedOperation, now: datetime) -> bool:
    """Until it is over, and while both are partners."""
    if operation.shown_state(now) in ("ended", "archived") or not operation.modules:
        return False
    rows = Partnership.objects.filter(id=operation.partnership_id, state__in=OPEN_STATES)
    return rows.exists()
