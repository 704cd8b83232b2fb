"""The first page: what referrals bring, what they cost, and what waits."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import member_required
from billing import trials
from shell import banners, charts, formats
from shell.charts import Point
from tenants.activity.models import Invoice, Order, Session
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.programme import checklist, dates, figures, loyalty_listing, periods, planned, waiting
from tenants.programme.figures import Funnel
from tenants.programme.views import home_figures
from tenants.programme.views.common import can_change, unit
from tenants.programme.views.tasks import tasks_of
from tenants.referrals.models import Referral

_LOYAL_SHOWN = 6


@require_safe
@member_required()
def home(request: HttpRequest) -> HttpResponse:
    """Greeting, key figures, the road from invitation to next purchase, ambassadors, work."""
    now = timezone.now()
    ending = trials.ending(tenant_id=current_tenant().id, now=now)
    if ending is not None:
        banners.show(request, ending)
    steps = checklist.steps(outside=checklist.outside_facts())
    work = waiting.waiting(now=now)
    context = {
        "unit": unit(request),
        "tasks": tasks_of(work, unit=unit(request))[:5],
        "can_change": can_change(request),
        "referral_on": is_on(Feature.REFERRAL),
        "campaigns_on": is_on(Feature.CAMPAIGNS),
    }
    if not _anything_happened():
        done = sum(step.done for step in steps)
        context |= {"steps": steps, "done": done, "first_day": True, **_costs(now)}
        context["next_step"] = checklist.next_step(steps)
        return render(request, "programme/home.html", context)
    wanted = request.GET.get("periode", periods.DEFAULT)
    key = wanted if wanted in dict(periods.SENTENCES) else periods.DEFAULT
    period = periods.period_of(key=key, now=now, zone=dates.zone())
    context |= {
        "period": key,
        "periods": [(name, short) for name, short, _sentence in periods.CHOICES],
        "period_label": dict(periods.SENTENCES)[key],
        "start": dates.local(period.start),
        "end": dates.local(now),
        "figures": home_figures.key_figures(
            period=period, key=key, unit=unit(request), work=work, now=now
        ),
        "left": [step for step in steps if not step.done],
    }
    if context["referral_on"]:
        road, before = figures.funnel(stretch=period), figures.funnel(stretch=period.before)
        context |= {
            "funnel": _funnel(road, before, key),
            # The dashed arc is there between two counts only.
            "beyond_email": road.clicks > road.invitations > 0,
            "ambassadors": figures.ambassadors(),
        }
    elif is_on(Feature.LOYALTY):
        context["loyal"] = _most_loyal(unit(request), period.start)
    return render(request, "programme/home.html", context)


def _costs(now: datetime) -> dict[str, Any]:
    """What a new customer will cost, until the first one came."""
    cost = planned.cost(now=now) if is_on(Feature.REFERRAL) else None
    return {"planned_cost": cost}


def _anything_happened() -> bool:
    """Whether there is anything to count: a shop's first order, a photographer's first sitting."""
    return any(
        rows.exists()
        for rows in (
            Order.objects.all(), Session.objects.all(), Invoice.objects.all(),
            Referral.objects.all(),
        )
    )  # fmt: skip


def _most_loyal(unit: str, since: datetime) -> list[Any]:
    rows: Any = loyalty_listing.most_loyal(unit=unit, since=since)
    return list(rows.order_by("-gained", "id")[:_LOYAL_SHOWN])


def _funnel(now: Funnel, before: Funnel, key: str) -> str:
    """Each count with the same before, and the address of its lines over the same period (B17)."""
    invitations, clicks = reverse("programme:invitations"), reverse("programme:clicks")
    listed = f"{reverse('programme:referrals')}?etape="
    steps = (
        (
            "invitations",
            ngettext("invitation", "invitations", now.invitations),
            "",
            f"{invitations}?",
        ),
        ("clicks", ngettext("clic", "clics", now.clicks), _("ont cliqué"), f"{clicks}?"),
        (
            "orders",
            ngettext("première commande", "premières commandes", now.orders),
            _("ont commandé"),
            f"{listed}amenes&",
        ),
        (
            "validated",
            ngettext("récompense validée", "récompenses validées", now.validated),
            _("ont été validées"),
            f"{listed}valides&",
        ),
        (
            "repeat",
            ngettext("réachat", "réachats", now.repeat),
            _("ont recommandé"),
            f"{listed}revenus&",
        ),
    )
    return charts.funnel(
        label=_("De l’invitation au réachat"),
        steps=[
            Point(
                label,
                getattr(now, name),
                href=f"{url}depuis={key}",
                note=_("%(n)s avant") % {"n": formats.number(getattr(before, name))},
            )
            for name, label, _verb, url in steps
        ],
        verbs=[verb for _name, _label, verb, _url in steps[1:]],
    )
