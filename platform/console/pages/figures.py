"""The first page: the platform's figures, and who should be looked at."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.plans import PLANS
from console.pages.common import page
from console.selectors import figures as selectors
from console.selectors.health import unwell
from tenants.models import Tenant


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Tenants by plan, trials converted, monthly revenue, minors who became merchants."""
    now = timezone.now()
    found = selectors.figures(now=now)
    every = sum(line.merchants for line in found.lines) or 1
    return page(
        request,
        "figures",
        title=_("Chiffres"),
        found=found,
        lines=[
            (PLANS[key].name, line, round(line.merchants * 100 / every))
            for key, line in zip(PLANS, found.lines, strict=True)
        ],
        unwell=Tenant.objects.filter(id__in=unwell(now=now)).order_by("name")[:20],
    )
