"""What the minor's pages share."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from operations.models import ReceivedOperation
from operations.received import selectors
from operations.rehearsing import passes
from operations.rehearsing.passes import Pass
from partnerships.models import OPEN_STATES, Ending, Partnership, State
from partnerships.selectors import partnerships_of
from shell import brand
from tenants.context import current_tenant
from tenants.models import Tenant, TenantState

# What waited for the agreement is brought in this time, a crowd of it included.
_UNDER_WAY = timedelta(minutes=10)


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
    mine = partnerships_of(tenant_id=current_tenant().id)
    row = mine.filter(id=operation.partnership_id).first()
    if row is None or row.state == State.ENDED:
        if row is not None and row.ending != Ending.ENDED:
            words = _("Le partenariat avec %(brand)s n’a pas commencé : rien n’a été partagé.")
            return words % {"brand": operation.major_name}, ""
        return _(
            "Votre partenariat avec %(brand)s est terminé : plus rien n’est partagé. Ce que vous"
            " avez reçu reste à vous."
        ) % {"brand": operation.major_name}, ""
    if row.state == State.ACTIVE and row.i_accepted and row.they_accepted:
        return "", ""
    if row.i_accepted:
        words = _(
            "Vous avez accepté l’accord. Les données arrivent dès que %(brand)s l’accepte aussi."
        )
        return words % {"brand": operation.major_name}, ""
    return _(
        "Les données arrivent quand %(brand)s et vous avez accepté l’accord de partenariat."
    ) % {"brand": operation.major_name}, page_of("partnerships:agreement", row.public_id)


def arriving(operation: ReceivedOperation, now: datetime) -> bool:
    """Whether what waited for both words may still be under way."""
    rows = Partnership.objects.filter(id=operation.partnership_id, state=State.ACTIVE)
    return rows.filter(active_at__gt=now - _UNDER_WAY).exists()


def test_url(operation: ReceivedOperation, now: datetime) -> str:
    """A link to the operation in test, signed for a day (PA-12); "" once it is over, or ended.

    It leads to the address of the brand that runs it. Nothing is written here by it.
    """
    if operation.shown_state(now) in ("ended", "archived") or not operation.modules:
        return ""
    rows = Partnership.objects.filter(id=operation.partnership_id, state__in=OPEN_STATES)
    major = Tenant.objects.filter(id=operation.major_id, state=TenantState.ACTIVE).first()
    if major is None or not rows.exists():
        return ""
    given = Pass(operation.operation_id, operation.partnership_id)
    return passes.url_for(given, major=major, now=now)


def colors(request: HttpRequest, operation: ReceivedOperation) -> SafeString:
    """The other brand's square in its own colour, guarded as look section 11 says."""
    found = Tenant.objects.filter(id=operation.major_id).values_list("brand_color", flat=True)
    color = found.first() or ""
    if not brand.HEX.match(color):
        return SafeString("")
    tokens = brand.compute(color)
    return format_html(
        '<style nonce="{}">.pair-other .square{{background:{};color:{}}}</style>',
        str(request.csp_nonce),  # type: ignore[attr-defined]
        tokens.brand,
        tokens.brand_ink,
    )
