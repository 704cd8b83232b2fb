"""Trying a referral out: the engine's own steps, reasons and emails; nothing of it stays (O4)."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import throttles
from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.messaging.services import Draft as Letter
from tenants.messaging.services import queue_all
from tenants.programme import economics, setting_up, simulating, versions
from tenants.programme.setting_up import STEPS
from tenants.programme.simulating import Step
from tenants.programme.views.common import author

RUNS_AN_HOUR = 60
SENDINGS_AN_HOUR = 5
_HOUR = timedelta(hours=1)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def simulate(request: HttpRequest) -> HttpResponse:
    """Under the rules in force."""
    now = timezone.now()
    version = versions.in_force(now=now)
    unit = version.unit if version is not None else current_tenant().currency
    trade = setting_up.draft()
    assumed = economics.assumptions(
        unit=unit, fallback_basket=trade.basket, fallback_margin=trade.margin, now=now
    )
    return _page(
        request,
        basket=assumed.basket,
        draft=None,
        back=reverse("programme:referrals"),
        back_label=_("Parrainage"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.REFERRAL)
def simulate_draft(request: HttpRequest) -> HttpResponse:
    """Under the rules that the set-up has drafted, before they are published."""
    plan = setting_up.draft()
    return _page(
        request,
        basket=plan.basket,
        draft=setting_up.rules_of(plan),
        back=reverse("programme:setup_step", args=[STEPS[-1]]),
        back_label=_("Mise en ligne"),
    )


def _page(
    request: HttpRequest, *, basket: int, draft: dict[str, Any] | None, back: str, back_label: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "back": back,
        "back_label": back_label,
        "of_draft": draft is not None,
        "key": uuid.uuid4().hex,
        "own_address": str(getattr(request.user, "email", "")),
    }
    if request.method == "POST":
        try:
            _limit(request, "simulation", RUNS_AN_HOUR)
            steps = simulating.simulate(basket=basket, now=timezone.now(), draft=draft)
            context["steps"] = steps
            context["letter_count"] = sum(len(step.letters) for step in steps)
            if "send" in request.POST:
                _send(request, steps)
        except throttles.ThrottledError:
            context["error"] = _(
                "Vous avez lancé beaucoup de simulations en une heure. Réessayez dans une heure."
            )
        except RicochetError as error:
            context["error"] = str(error)
    status = 422 if "error" in context else 200
    return render(request, "programme/simulation.html", context, status=status)


def _send(request: HttpRequest, steps: list[Step]) -> None:
    """The emails to whoever tries it out, marked as tests; a form sent twice sends them once."""
    _limit(request, "simulation.send", SENDINGS_AN_HOUR)
    to, key = str(getattr(request.user, "email", "")), request.POST.get("key", "")[:32]
    drafts = [
        Letter(
            kind=letter.kind,
            to=to,
            key=f"simulation:{author(request).hex}:{key}:{number}",
            context=letter.context,
            language=letter.language,
            is_test=True,
        )
        for number, letter in enumerate(letter for step in steps for letter in step.letters)
    ]
    queue_all(drafts=drafts, now=timezone.now())
    words = ngettext(
        "%(n)s e-mail d’essai part à %(to)s", "%(n)s e-mails d’essai partent à %(to)s", len(drafts)
    )
    messages.success(request, words % {"n": len(drafts), "to": to})


def _limit(request: HttpRequest, action: str, limit: int) -> None:
    throttles.hit(
        action=action,
        subject=str(author(request)),
        limit=limit,
        window=_HOUR,
        now=timezone.now(),
    )
