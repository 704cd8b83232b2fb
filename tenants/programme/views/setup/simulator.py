"""The simulator: what one new customer costs, said at each input (SP-05)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import member_required
from billing.plans import Allowed
from kernel.money import UNITS
from tenants.features import feature_required
from tenants.programme import economics, setting_up, trades
from tenants.programme.economics import Assumptions, Terms
from tenants.programme.setting_up import POINT_VALUE, Draft
from tenants.programme.views import costs


@require_safe
@member_required()
@feature_required(Allowed.REFERRAL)
def estimate(request: HttpRequest) -> HttpResponse:
    """The simulator's result for what stands in the form and on the sliders."""
    plan = plan_of(request.GET)
    shown = [name for name in costs.SLIDERS if name in request.GET]
    context = {"simulator": panel(plan=plan, sliders=shown, typed=request.GET)}
    return render(request, "programme/simulator/answer.html", context)


def plan_of(typed: Any) -> Draft:
    """The draft with what stands in the first step: it proposes other amounts as one types."""
    if "average_basket" not in typed:
        return setting_up.draft()
    over: dict[str, Any] = {}
    if typed.get("trade") in trades.TRADES:
        over["trade"] = typed["trade"]
    basket = costs.typed_amount(typed.get("average_basket"), "EUR")
    if basket:
        over["average_basket"] = basket
    margin = costs.typed_share(typed.get("margin"))
    if margin is not None:
        over["margin"] = margin
    text = typed.get("ready_to_spend", "")
    budget = costs.typed_amount(text, "EUR")
    if budget or not text.strip():  # half typed leaves the last one in its place
        over["ready_to_spend"] = budget
    return setting_up.draft(over)


def panel(*, plan: Draft, sliders: Sequence[str], typed: Any = None) -> dict[str, Any]:
    """What the panel shows: for the draft, or for what is typed over it."""
    terms, assumed = _terms(plan), _assumptions(plan)
    if typed is not None:
        terms, assumed = _typed_terms(terms, typed), _typed_assumptions(assumed, typed)
    return costs.panel(terms=terms, assumed=assumed, sliders=sliders)


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
    # The form's own figures: what stands in it is what is counted with.
    return replace(
        found,
        basket=plan.basket,
        basket_is_own=False,
        margin=plan.margin,
        ready_to_spend=plan.ready_to_spend,
    )


def _typed_terms(terms: Terms, typed: Any) -> Terms:
    """What is half typed leaves the last good figure in its place."""
    unit = typed.get("unit", terms.unit)
    terms = replace(terms, unit=unit if unit in UNITS else terms.unit)
    who = typed.get("who", "both")
    for name, side in (("referrer_amount", "referrer"), ("referee_amount", "referee")):
        value = costs.typed_amount(typed.get(name), terms.unit)
        if value is not None:
            changed: Any = {side: value}
            terms = replace(terms, **changed)
    if who == "referrer":
        return replace(terms, referee=0)
    return replace(terms, referrer=0) if who == "referee" else terms


def _typed_assumptions(assumed: Assumptions, typed: Any) -> Assumptions:
    """What the trade proposed and nobody changed stays an assumption."""
    usual = trades.TRADES.get(typed.get("trade", ""), trades.DEFAULT)
    basket = costs.typed_amount(typed.get("average_basket"), "EUR")
    if basket is not None:
        said = assumed.basket_is_said or basket != usual.basket
        assumed = replace(assumed, basket=basket, basket_is_own=False, basket_is_said=said)
    margin = costs.typed_share(typed.get("margin"))
    if margin is not None:
        said = assumed.margin_is_said or margin != usual.margin
        assumed = replace(assumed, margin=margin, margin_is_said=said)
    return costs.typed_assumptions(assumed, typed)
