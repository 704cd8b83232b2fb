"""What cagnottes hold: outstanding, by expiry, the month's movements, the accountant's file."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.money import CURRENCIES, Amount
from shell import charts, formats
from shell.charts import Point
from tenants.context import current_tenant
from tenants.programme import ledger_file, owed
from tenants.programme.owed import Owed
from tenants.programme.views.common import unit

_MONTHS_SHOWN = 12


@require_safe
@member_required()
def page(request: HttpRequest) -> HttpResponse:
    """What is owed now, and one month's movements (`?mois=2026-11`)."""
    now = timezone.now()
    month = _month_asked(request, now)
    state = owed.owed(unit=unit(request), now=now)
    zone = _zone()
    this_month = now.astimezone(zone).date().replace(day=1)
    context = {
        "owed": state,
        "unit": state.unit,
        "chart": _chart(state),
        "month": month,
        "before": month - timedelta(days=1),
        "after": None if month >= this_month else (month + timedelta(days=32)).replace(day=1),
        "closed": month < this_month,
        "sheet": owed.sheet(unit=state.unit, month=month, zone=zone),
        "movements": [
            (movement, ledger_file.words_of(movement))
            for movement in owed.month_movements(unit=state.unit, month=month, zone=zone)
        ],
    }
    return render(request, "programme/owed.html", context)


@require_safe
@member_required(role=Role.MANAGER)
def file(request: HttpRequest) -> HttpResponse:
    """The month's entries for the accountant (`?mois=2026-11`)."""
    month = _month_asked(request, timezone.now())
    moved = owed.month_movements(unit=unit(request), month=month, zone=_zone())
    text = ledger_file.as_csv(moved=moved, unit=unit(request), accounts=ledger_file.DEFAULTS)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"cagnottes-{month:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _zone() -> ZoneInfo:
    return ZoneInfo(current_tenant().timezone)


def _month_asked(request: HttpRequest, now: datetime) -> date:
    """The month in the address, by default the merchant's present one; 404 for anything else."""
    this_month = now.astimezone(_zone()).date().replace(day=1)
    text = request.GET.get("mois", "")
    if not text:
        return this_month
    try:
        month = datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise Http404 from error
    if not date(2000, 1, 1) <= month <= this_month:
        raise Http404
    return month


def _chart(state: Owed) -> str:
    """What expires when, as columns; "" where nothing does."""
    dated = [part for part in state.by_expiry if part.month is not None][:_MONTHS_SHOWN]
    if not dated:
        return ""
    return charts.bars(
        label=_("Ce qui expire, mois par mois"),
        points=[
            Point(
                label=f"{part.month:%m/%y}",
                full=formats.month(part.month),
                value=part.amount / 10 ** CURRENCIES.get(state.unit, 0),
                shown=formats.amount(Amount(part.amount, state.unit)),
            )
            for part in dated
            if part.month is not None
        ],
    )
