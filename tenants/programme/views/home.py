"""The first page: what referrals bring, what they cost, and what waits."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ledger.selectors import outstanding
from kernel.money import Amount
from shell import charts, formats
from shell.charts import Point
from tenants.activity.models import Order
from tenants.features import Feature, is_on
from tenants.programme import checklist, figures, waiting
from tenants.programme.figures import Acquisition, Funnel, Period
from tenants.programme.views.common import can_change, unit
from tenants.programme.views.tasks import tasks

PERIODS = (
    ("7", gettext_lazy("7 jours")),
    ("30", gettext_lazy("30 jours")),
    ("90", gettext_lazy("90 jours")),
    ("365", gettext_lazy("12 mois")),
)


@require_safe
@member_required()
def home(request: HttpRequest) -> HttpResponse:
    """Greeting, key figures, the road from invitation to second order, ambassadors, work."""
    now = timezone.now()
    wanted = request.GET.get("periode", "30")
    days = wanted if wanted in dict(PERIODS) else "30"
    steps = checklist.steps(outside=checklist.outside_facts())
    if not Order.objects.exists():
        context = {"steps": steps, "can_change": can_change(request), "first_day": True}
        return render(request, "programme/home.html", context)
    period = figures.period_of(days=int(days), now=now)
    context = {
        "days": days,
        "periods": PERIODS,
        "start": period.start,
        "end": now,
        "figures": _key_figures(period, days, now, unit(request)),
        **_referring(period),
        "unit": unit(request),
        "tasks": tasks(now=now, unit=unit(request))[:5],
        "left": [step for step in steps if not step.done],
        "can_change": can_change(request),
    }
    return render(request, "programme/home.html", context)


def _referring(period: Period) -> dict[str, Any]:
    """What only a merchant who has people refer others looks at."""
    if not is_on(Feature.REFERRAL):
        return {}
    return {
        "funnel": _funnel(figures.funnel(period=period)),
        "ambassadors": figures.ambassadors(),
    }


def _key_figures(period: Period, days: str, now: datetime, unit: str) -> list[dict[str, Any]]:
    owed = outstanding(unit=unit)
    work = waiting.waiting(now=now)
    return [
        *(_referral_figures if is_on(Feature.REFERRAL) else _order_figures)(period, days, unit),
        {
            "label": _("Cagnotte due"),
            "value": _amount(owed.available, unit),
            "href": reverse("programme:owed"),
            "context": _("dont rien en attente")
            if not owed.pending
            else _("et %(amount)s en attente") % {"amount": _amount(owed.pending, unit)},
        },
        {
            "label": _("À traiter"),
            "value": formats.number(work.total),
            "href": reverse("programme:todo"),
            "context": _("Tout est traité")
            if not work.total
            else ngettext("dont %(n)s lot à préparer", "dont %(n)s lots à préparer", work.claims)
            % {"n": formats.number(work.claims)},
        },
    ]


def _order_figures(period: Period, _days: str, _unit: str) -> list[dict[str, Any]]:
    """In their place where referral is off: what came in."""
    count, before = figures.orders(period=period), figures.orders(period=period.before)
    return [
        {
            "label": _("Commandes reçues"),
            "value": formats.number(count),
            "href": reverse("programme:orders"),
            "context": _("contre %(n)s avant") % {"n": formats.number(before)},
        }
    ]


def _referral_figures(period: Period, days: str, unit: str) -> list[dict[str, Any]]:
    current, before = (
        figures.acquisition(period=period),
        figures.acquisition(period=period.before),
    )
    listed = f"{reverse('programme:referrals')}?depuis={days}"
    return [
        {
            "label": _("Nouveaux clients parrainés"),
            "value": formats.number(current.customers),
            "href": listed,
            "spark": charts.sparkline(
                figures.trend(period=period), label=_("Nouveaux clients au fil de la période")
            ),
            **_growth(current, before),
        },
        {
            "label": _("Coût par nouveau client"),
            "value": _amount(current.cost, unit),
            "href": f"{listed}&vue=tous&tri=-reward",
            **_cost_change(current, before, unit),
        },
    ]


def _amount(value: int | None, unit: str) -> str:
    return "—" if value is None else formats.amount(Amount(value, unit))


def _growth(current: Acquisition, before: Acquisition) -> dict[str, Any]:
    words = _("contre %(n)s avant") % {"n": formats.number(before.customers)}
    if not before.customers:
        return {"context": words}
    change = (current.customers - before.customers) / before.customers
    if not change:
        return {"context": _("comme avant")}
    return {
        "context": words,
        "trend": formats.percent(abs(change)),
        "direction": "up" if change > 0 else "down",
        "verdict": "good" if change > 0 else "bad",
    }


def _cost_change(current: Acquisition, before: Acquisition, unit: str) -> dict[str, Any]:
    words = _("%(total)s en tout") % {"total": _amount(current.spent, unit)}
    if current.cost is None or before.cost is None or current.cost == before.cost:
        return {"context": words}
    change = current.cost - before.cost
    return {
        "context": _("et %(total)s en tout") % {"total": _amount(current.spent, unit)},
        "trend": _amount(abs(change), unit),
        "direction": "up" if change > 0 else "down",
        # A falling cost is good news.
        "verdict": "good" if change < 0 else "bad",
    }


def _funnel(counts: Funnel) -> str:
    steps = [
        (_("invitations"), counts.invitations, ""),
        (_("clics"), counts.clicks, _("ont cliqué")),
        (_("comptes créés"), counts.accounts, _("ont créé un compte")),
        (_("premières commandes"), counts.orders, _("ont commandé")),
        (_("réachats"), counts.repeat, _("ont recommandé")),
    ]
    # Links shared outside e-mail bring clicks without invitations: the road then starts there.
    if counts.invitations < counts.clicks:
        steps = steps[1:]
    return charts.funnel(
        label=_("De l’invitation au réachat"),
        steps=[Point(label, count) for label, count, _verb in steps],
        verbs=[verb for _label, _count, verb in steps[1:]],
    )
