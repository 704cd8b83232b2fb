"""The results of an operation: its figures, live, and what each partner brought and received."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.access import member_required
from operations import figures
from operations.mechanics import mechanic_of
from operations.reporting import days_chart, lines_chart
from operations.views.common import frame, operation_or_404
from tenants.programme.dates import local


@require_safe
@member_required()
def results(request: HttpRequest, operation: str) -> HttpResponse:
    """What came of it so far."""
    row, now = operation_or_404(operation), timezone.now()
    total = figures.total(operation_id=row.id)
    days = figures.by_day(operation=row, now=now)
    yesterday = local(now).date() - timedelta(days=1)
    context = {
        **frame(request, row, now),
        "current": "results",
        "figures": total,
        "yesterday": sum(d.figures.participants for d in days if d.day == yesterday),
        "optin_rate": total.optins / total.participants if total.participants else None,
        "days": days_chart(days) if total.participants else "",
        "sources": lines_chart(
            figures.by_source(operation_id=row.id), label=gettext("D’où viennent les participants")
        ),
        "modules": figures.by_module(operation=row),
        "brought": figures.by_partner(operation_id=row.id),
        "mechanics": [
            (mechanic_of(module), found)
            for module in row.modules.filter(removed_at=None).order_by("position", "id")
            if (found := mechanic_of(module).figures(module=module))
        ],
    }
    return render(request, "operations/results.html", context)
