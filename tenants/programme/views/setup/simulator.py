"""The simulator: what one new customer costs, said at each input (SP-05)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.money import POINTS, UNITS
from shell import formats, parsing
from tenants.context import current_tenant
from tenants.programme import economics, setting_up
from tenants.programme.economics import WHOLE, Assumptions, Estimate, Terms
from tenants.programme.setting_up import POINT_VALUE, Draft

_MOST = 100_000_000


@require_safe
@member_required()
def estimate(request: HttpRequest) -> HttpResponse:
    """The simulator's result for what stands in the form and on the sliders."""
    plan = setting_up.draft()
    context = panel(plan=plan, typed=request.GET)
    return render(request, "programme/setup/estimated.html", context)


def panel(*, plan: Draft, typed: Any = None) -> dict[str, Any]:
    """What the panel shows: for the draft, or for what is typed over it."""
    terms, assumed = _terms(plan), _assumptions(plan)
    if typed is not None:
        terms, assumed = _typed_terms(terms, typed), _typed_assumptions(assumed, typed)
    found = economics.estimate(terms=terms, assumptions=assumed)
    currency = current_tenant().currency
    return {
        "estimate": found,
        "terms": terms,
        "assumed": assumed,
        "currency": currency,
        "whole": max(found.margin, found.cost) or 1,
        "two_from": found.referrer,
        "left_from": found.referrer + found.referee + found.in_kind,
        "used_words": formats.percent(assumed.used / WHOLE, decimals=0),
        "margin_words": formats.percent(assumed.margin / WHOLE, decimals=0),
        "used_percent": assumed.used // 100,
        "margin_percent": assumed.margin // 100,
        **_verdict(found, assumed, currency),
    }


def _terms(plan: Draft) -> Terms:
    return Terms(
        unit=plan.unit,
        referrer=plan.referrer_amount if plan.who != "referee" else 0,
        referee=plan.referee_amount if plan.who != "referrer" else 0,
        point_value=POINT_VALUE,
    )


def _assumptions(plan: Draft) -> Assumptions:
    found = economics.assumptions(
        unit=plan.unit,
        fallback_basket=plan.basket,
        fallback_margin=plan.margin,
        now=timezone.now(),
    )
    return replace(found, ready_to_spend=plan.ready_to_spend)


def _typed_terms(terms: Terms, typed: Any) -> Terms:
    """What is half typed leaves the last good figure in its place."""
    unit = typed.get("unit", terms.unit)
    terms = replace(terms, unit=unit if unit in UNITS else terms.unit)
    who = typed.get("who", "both")
    for name, side in (("referrer_amount", "referrer"), ("referee_amount", "referee")):
        value = _amount(typed.get(name), terms.unit)
        if value is not None:
            changed: Any = {side: value}
            terms = replace(terms, **changed)
    if who == "referrer":
        return replace(terms, referee=0)
    return replace(terms, referrer=0) if who == "referee" else terms


def _typed_assumptions(assumed: Assumptions, typed: Any) -> Assumptions:
    basket = _amount(typed.get("average_basket"), "EUR")
    if basket is not None:
        assumed = replace(assumed, basket=basket, basket_is_own=False)
    budget = _amount(typed.get("ready_to_spend"), "EUR")
    if "ready_to_spend" in typed:
        assumed = replace(assumed, ready_to_spend=budget)
    for name, field in (("margin", "margin"), ("sim_margin", "margin"), ("sim_used", "used")):
        share = _share(typed.get(name))
        if share is not None:
            changed: Any = {field: share}
            assumed = replace(assumed, **changed)
    return assumed


def _amount(text: str | None, unit: str) -> int | None:
    if not text:
        return None
    try:
        value = parsing.integer(text) if unit == POINTS else parsing.cents(text)
    except ValueError:
        return None
    return value if 0 <= value <= _MOST else None


def _share(text: str | None) -> int | None:
    if not text:
        return None
    try:
        value = int(parsing.percentage(text) * 100)
    except ValueError:
        return None
    return value if 0 <= value <= WHOLE else None


def _verdict(found: Estimate, assumed: Assumptions, currency: str) -> dict[str, Any]:
    """The figures in a sentence: first the budget, then when it pays."""
    if found.over_budget:
        words = _("%(amount)s de plus que ce que vous êtes prêt à dépenser.") % {
            "amount": formats.money(found.over_budget, currency)
        }
        return {"verdict": words, "verdict_tone": "warn"}
    if found.pays_at_once:
        return {"verdict": _("Rentable dès le premier achat."), "verdict_tone": "ok"}
    count = found.purchases_to_pay_back
    if count is None:
        return {"verdict": _("Sans marge, rien n’est jamais rentable."), "verdict_tone": "bad"}
    words = ngettext(
        "Rentable au %(n)s achat de ce client.", "Rentable au %(n)s achat de ce client.", count
    ) % {"n": formats.ordinal(count)}
    return {"verdict": words, "verdict_tone": "warn"}
