"""The set-up's pages: one a step, a draft kept between them, published by the last."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from kernel.money import Amount
from shell import formats
from shell.forms import HouseForm, answer
from tenants.context import current_tenant
from tenants.features import feature_required
from tenants.programme import setting_up, trades
from tenants.programme.checklist import outside_facts
from tenants.programme.setting_up import STEPS, Draft
from tenants.programme.views.common import author
from tenants.programme.views.setup import simulator
from tenants.programme.views.setup.forms import GoalForm, PrizesForm, PurseForm, RewardsForm

LABELS = (
    gettext_lazy("Objectif"),
    gettext_lazy("Cagnotte"),
    gettext_lazy("Récompenses"),
    gettext_lazy("Lots"),
    gettext_lazy("Messages"),
    gettext_lazy("Boutique"),
    gettext_lazy("Clients"),
    gettext_lazy("Mise en ligne"),
)


def _goal(request: HttpRequest, plan: Draft) -> GoalForm:
    start = GoalForm.start(plan)
    # Another trade brings its usual figures, before anything is typed over them.
    trade = trades.TRADES.get(request.GET.get("trade", ""))
    if trade is not None and trade.key != plan.trade.key:
        start |= {"trade": trade.key, "average_basket": trade.basket, "margin": trade.margin / 100}
    return GoalForm(request.POST or None, initial=start)


def _purse(request: HttpRequest, plan: Draft) -> PurseForm:
    return PurseForm(
        request.POST or None, initial=PurseForm.start(plan), currency=current_tenant().currency
    )


def _rewards(request: HttpRequest, plan: Draft) -> RewardsForm:
    return RewardsForm(request.POST or None, initial=RewardsForm.start(plan), unit=plan.unit)


def _prizes(request: HttpRequest, plan: Draft) -> PrizesForm:
    # Nothing ticked is an answer too: what counts is that the form was sent.
    return PrizesForm(request.POST if request.method == "POST" else None, plan=plan)


_FORMS: dict[str, Callable[[HttpRequest, Draft], Any]] = {
    "objectif": _goal,
    "cagnotte": _purse,
    "recompenses": _rewards,
    "lots": _prizes,
}


@require_safe
@member_required(role=Role.MANAGER)
@feature_required(Allowed.REFERRAL)
def start(request: HttpRequest) -> HttpResponse:
    """Where the set-up was left, or its first step."""
    step = setting_up.preferences().setup_step
    return redirect("programme:setup_step", step=step if step in STEPS else STEPS[0])


@csp_update({"frame-src": [SELF]})
@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.REFERRAL)
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One step: what it asks, what the choices cost; going on keeps the draft."""
    if step not in STEPS:
        raise Http404
    plan = setting_up.draft()
    make = _FORMS.get(step)
    form: HouseForm | None = make(request, plan) if make else None
    asked = "estimate" in request.POST  # without scripts: the cost of what is typed, and no more
    if request.method == "POST" and not asked:
        if form is None:
            setting_up.save_step(step=step, values=_said(request))
            return _go_on(step)
        if form.is_valid():
            setting_up.save_step(step=step, values=form.values())  # type: ignore[attr-defined]
            return _go_on(step)
    context = {**_frame(step, plan, request.POST if asked else None)}
    context |= _around(step, plan, request)
    template = f"programme/setup/{step}.html"
    if form is None:
        return render(request, template, context)
    if asked:
        return render(request, template, {**context, "form": form})
    response = answer(request, template, context, form)
    if "trade" in request.GET:
        # The figures of another trade stand in the form: the cost is asked anew.
        response.headers["HX-Trigger-After-Settle"] = "figures-changed"
    return response


def _said(request: HttpRequest) -> dict[str, Any]:
    """What a step without fields can say: that there is no shop to connect (O8)."""
    return {"online": False} if request.POST.get("online") == "no" else {}


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.REFERRAL)
def publish(request: HttpRequest) -> HttpResponse:
    """Put the draft in force, and go where the first link can be shared."""
    try:
        setting_up.publish(author_id=author(request), now=timezone.now())
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect("programme:setup_step", step=STEPS[-1])
    messages.success(request, _("Votre programme est en ligne"))
    return redirect("programme:home")


def _go_on(step: str) -> HttpResponse:
    return redirect("programme:setup_step", step=STEPS[STEPS.index(step) + 1])


def _frame(step: str, plan: Draft, typed: QueryDict | None) -> dict[str, Any]:
    at = STEPS.index(step)
    return {
        "step": step,
        "labels": [str(label) for label in LABELS],
        "at": at + 1,
        "before": STEPS[at - 1] if at else "",
        "last": at == len(STEPS) - 1,
        "plan": plan,
        # The first step asks for the margin in its form, and every step for the basket there.
        "simulator": simulator.panel(
            plan=simulator.plan_of(typed) if typed is not None else plan,
            sliders=("sim_margin", "sim_used") if at else ("sim_used",),
            typed=typed,
        ),
    }


def _around(step: str, plan: Draft, request: HttpRequest) -> dict[str, Any]:
    """What only one step shows."""
    if step == "recompenses":
        return {"story": _story(plan)}
    if step == "boutique":
        said = setting_up.preferences().draft.get("online")
        return {"facts": outside_facts(), "no_shop": said is False}
    if step == "apercu":
        return {"story": _story(plan), "published": setting_up.preferences().set_up_at}
    return {}


def _story(plan: Draft) -> list[str]:
    """The rules told as what people will live, a sentence each."""
    told = [_("Camille invite Thomas.")]
    session = plan.qualifying != "order"
    came = _("Sa première séance est validée.") if session else _("Il passe sa première commande.")
    told.append(came)
    gains = []
    if plan.who != "referee":
        amount = formats.amount(Amount(plan.referrer_amount, plan.unit))
        gains.append(_("Camille reçoit %(amount)s") % {"amount": amount})
    if plan.who != "referrer":
        amount = formats.amount(Amount(plan.referee_amount, plan.unit))
        gains.append(_("Thomas reçoit %(amount)s") % {"amount": amount})
    when = (
        _("%(n)s jours plus tard, ") % {"n": plan.pending_days}
        if plan.pending_days > 1
        else _("Le lendemain, ")
        if plan.pending_days
        else _("Aussitôt, ")
    )
    told.append(when + _(" et ").join(gains) + ".")
    return told
