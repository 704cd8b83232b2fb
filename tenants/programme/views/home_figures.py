"""The strip of key figures on the first page, each against the period before."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.ledger.movements import held_and_owed
from kernel.ledger.selectors import outstanding
from kernel.money import Amount
from shell import charts, formats
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.programme import figures, loyalty_listing, planned
from tenants.programme.figures import Acquisition
from tenants.programme.periods import Period, Stretch
from tenants.programme.waiting import Waiting

Figure = dict[str, Any]


def key_figures(
    *, period: Period, key: str, unit: str, work: Waiting, now: datetime
) -> list[Figure]:
    """What referrals brought and cost (what loyalty gave, where that is all there is), what is
    owed, and what waits. Each leads to the lines that add up to it (B17)."""
    if is_on(Feature.REFERRAL):
        first = _referral(period, key, unit, now, work.held)
    elif is_on(Feature.LOYALTY):
        first = _loyalty(period, key, unit)
    else:
        first = _orders(period)
    return [*first, _owed(unit), _work(work)]


def _referral(period: Period, key: str, unit: str, at: datetime, held: int) -> list[Figure]:
    now = figures.acquisition(stretch=period)
    before = figures.acquisition(stretch=period.before)
    listed = f"{reverse('programme:referrals')}?etape=amenes&depuis={key}"
    spark = charts.sparkline(
        figures.trend(stretch=period), label=_("Nouveaux clients au fil de la période")
    )
    return [
        {
            "label": _("Nouveaux clients parrainés"),
            "value": formats.number(now.customers),
            "href": listed,
            "spark": spark if now.customers else "",
            **_with_held(_growth(now.customers, before.customers), held),
        },
        _cost(now, before, unit, at, listed),
    ]


def _with_held(figure: Figure, held: int) -> Figure:
    """Suspects are not counted; how many wait for a yes is said beside."""
    if not held:
        return figure
    words = ngettext("%(n)s à vérifier en plus", "%(n)s à vérifier en plus", held)
    context = f"{figure['context']}, {words % {'n': formats.number(held)}}"
    return {**figure, "context": context}


def _cost(now: Acquisition, before: Acquisition, unit: str, at: datetime, listed: str) -> Figure:
    """What one cost; what one will cost by the rules where none came yet."""
    expected = planned.cost(now=at) if now.cost is None else None
    if expected is not None:
        return {
            "label": _("Coût par nouveau client"),
            "value": formats.money(expected, current_tenant().currency),
            "href": reverse("programme:rules"),
            "context": _("prévu par vos règles"),
        }
    return {
        "label": _("Coût par nouveau client"),
        "value": _amount(now.cost, unit),
        "href": f"{listed}&tri=-cost",
        **_cost_change(now, before, unit),
    }


def _loyalty(period: Period, key: str, unit: str) -> list[Figure]:
    def seen(stretch: Stretch) -> tuple[int, int]:
        return loyalty_listing.given_in(unit=unit, start=stretch.start, end=stretch.end)

    (people, given), (people_before, given_before) = seen(period), seen(period.before)
    ranking, lines = reverse("programme:ranking"), reverse("programme:movements")
    return [
        {
            "label": _("Clients récompensés"),
            "value": formats.number(people),
            "href": f"{ranking}?periode={key}",
            **_growth(people, people_before),
        },
        {
            "label": _("Gagné par vos clients"),
            "value": _amount(given, unit),
            "href": f"{lines}?periode={key}",
            "context": _("contre %(n)s avant") % {"n": _amount(given_before, unit)},
        },
    ]


def _orders(period: Period) -> list[Figure]:
    """Where neither is on: what came in."""
    count, before = figures.orders(stretch=period), figures.orders(stretch=period.before)
    return [
        {
            "label": _("Commandes reçues"),
            "value": formats.number(count),
            "href": reverse("programme:orders"),
            **_growth(count, before),
        }
    ]


def _owed(unit: str) -> Figure:
    held, _debt = held_and_owed(unit=unit)
    pending = outstanding(unit=unit).pending
    words = _("et %(amount)s en attente") % {"amount": _amount(pending, unit)}
    return {
        "label": _("Cagnotte due"),
        "value": _amount(held, unit),
        "href": reverse("programme:owed"),
        "context": words if pending else _("rien en attente"),
    }


def _work(work: Waiting) -> Figure:
    """The kind that is most of it stands below the count."""
    kinds = [
        (
            work.held,
            ngettext("%(n)s parrainage à vérifier", "%(n)s parrainages à vérifier", work.held),
        ),
        (
            work.reported,
            ngettext("%(n)s commande à confirmer", "%(n)s commandes à confirmer", work.reported),
        ),
        (work.claims, ngettext("%(n)s lot à préparer", "%(n)s lots à préparer", work.claims)),
        (work.gifts, ngettext("%(n)s cadeau à offrir", "%(n)s cadeaux à offrir", work.gifts)),
    ]
    most, words = max(kinds, key=lambda kind: kind[0])
    context = "" if most else _("rien d’urgent")
    if most:
        context = _("dont %(what)s") % {"what": words % {"n": formats.number(most)}}
    return {
        "label": _("À traiter"),
        "value": formats.number(work.total),
        "href": reverse("programme:todo"),
        "context": context if work.total else _("Tout est traité"),
    }


def _amount(value: int | None, unit: str) -> str:
    return "—" if value is None else formats.amount(Amount(value, unit))


def _growth(now: int, before: int) -> Figure:
    words = _("contre %(n)s avant") % {"n": formats.number(before)}
    if not before:
        return {"context": words}
    if now == before:
        return {"context": _("comme avant")}
    change = (now - before) / before
    return {
        "context": words,
        "trend": formats.percent(abs(change)),
        "direction": "up" if change > 0 else "down",
        "verdict": "good" if change > 0 else "bad",
    }


def _cost_change(now: Acquisition, before: Acquisition, unit: str) -> Figure:
    total = {"total": _amount(now.spent, unit)}
    if now.cost is None:
        return {"context": _("aucun nouveau client")}
    if before.cost is None or now.cost == before.cost:
        return {"context": _("%(total)s en tout") % total}
    change = now.cost - before.cost
    return {
        "context": _("et %(total)s en tout") % total,
        "trend": _amount(abs(change), unit),
        "direction": "up" if change > 0 else "down",
        # A falling cost is good news.
        "verdict": "good" if change < 0 else "bad",
    }
