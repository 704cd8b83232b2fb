"""What cagnottes hold: outstanding, by expiry, the month's movements, the accountant's file."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.money import CURRENCIES, POINTS, Amount
from shell import charts, formats
from shell.charts import Point
from shell.forms import answer
from tenants.context import current_tenant
from tenants.loyalty import versions as loyalty_versions
from tenants.programme import book_accounts, ledger_file, owed
from tenants.programme.book_accounts import Books
from tenants.programme.forms_accounts import BookAccountsForm
from tenants.programme.owed import Owed
from tenants.programme.setting_up import POINT_VALUE
from tenants.programme.views.common import can_change, put_error, unit

_MONTHS_SHOWN = 12


@require_safe
@member_required()
def page(request: HttpRequest) -> HttpResponse:
    """What is owed now, and one month's movements (`?mois=2026-11`)."""
    now = timezone.now()
    month = _month_asked(request, now)
    zone = _zone()
    state = owed.owed(unit=unit(request), now=now, zone=zone)
    this_month = now.astimezone(zone).date().replace(day=1)
    moved = owed.month_movements(unit=state.unit, month=month, zone=zone)
    context = {
        "owed": state,
        "unit": state.unit,
        "currency": current_tenant().currency,
        "booked": ledger_file.worth(state.held, state.unit, _books(now))
        if state.unit == POINTS
        else None,
        "can_change": can_change(request),
        "chart": _chart(state),
        "month": month,
        "before": month - timedelta(days=1),
        "after": None if month >= this_month else (month + timedelta(days=32)).replace(day=1),
        "closed": month < this_month,
        "sheet": owed.sheet(unit=state.unit, month=month, zone=zone, moved=moved),
        "movements": [(movement, ledger_file.words_of(movement)) for movement in moved],
    }
    return render(request, "programme/owed.html", context)


@require_safe
@member_required(role=Role.MANAGER)
def file(request: HttpRequest) -> HttpResponse:
    """The month's entries for the accountant (`?mois=2026-11`)."""
    now = timezone.now()
    month, counted = _month_asked(request, now), unit(request)
    text = ledger_file.as_csv(
        moved=owed.month_movements(unit=counted, month=month, zone=_zone()),
        unit=counted,
        opening=owed.opening(unit=counted, month=month, zone=_zone()),
        books=_books(now),
        currency=current_tenant().currency,
    )
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"cagnottes-{month:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts that the file is written to, and what a point is booked at."""
    books = _books(timezone.now())
    form = BookAccountsForm(
        request.POST or None, books=books, unit=unit(request), currency=current_tenant().currency
    )
    if request.method == "POST" and form.is_valid():
        try:
            book_accounts.save(**form.values())
        except RicochetError as error:
            put_error(form, error)
        else:
            messages.success(request, _("Comptes enregistrés"))
            return redirect("programme:owed")
    return answer(request, "programme/owed_accounts.html", {"rows": form.rows()}, form)


def _books(now: datetime) -> Books:
    """The merchant's accounts; a point at what it saves at checkout until they say otherwise."""
    rules = loyalty_versions.in_force(now=now)
    return book_accounts.in_use(point_value=rules.point_value if rules else Decimal(POINT_VALUE))


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
