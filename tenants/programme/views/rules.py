"""Settings: the index, and the referral programme's rules with what they cost."""

import uuid
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role, User
from kernel.errors import RicochetError
from kernel.money import POINTS
from shell.forms import answer
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.programme import economics, offers, planned, rules_story, versions
from tenants.programme.forms_programme import ProgrammeForm, initial_of
from tenants.programme.models import ProgrammeVersion, RewardRule
from tenants.programme.rules_layout import PLAIN
from tenants.programme.views import costs
from tenants.programme.views.common import author, can_change, put_error

_AMOUNTS = (
    "referrer_amount",
    "referee_amount",
    "referrer_account_amount",
    "referee_account_amount",
)
_GIFT = ("side", "trigger", "kind", "name", "value", "valid_days", "code_list_id")
_WORDS = {
    "EUR": gettext_lazy("euros"),
    "CHF": gettext_lazy("francs suisses"),
    "GBP": gettext_lazy("livres sterling"),
    "USD": gettext_lazy("dollars"),
    "CAD": gettext_lazy("dollars canadiens"),
}
_EARLIER = 12
# Without figures of their own: an ordinary basket, and the margin of an ordinary shop.
_BASKET, _MARGIN = 6_000, 4_000


@require_safe
@member_required()
def settings_index(request: HttpRequest) -> HttpResponse:
    """What can be set, by subject."""
    context = {"is_owner": has_role(request, Role.OWNER), "can_change": can_change(request)}
    return render(request, "programme/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Feature.REFERRAL)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, a form to publish others, what a new customer costs, earlier rules."""
    version = versions.in_force(now=timezone.now())
    form = _form(request, version)
    if request.method == "POST":
        if not can_change(request):
            return render(request, "programme/rules.html", _context(version, None, {}), status=403)
        if "estimate" in request.POST:  # without scripts, a button asks for the cost
            form.is_valid()
            context = _context(version, form, request.POST) | _may(request, "rules")
            return render(request, "programme/rules.html", context | {"form": form})
        if form.is_valid() and _published(request, version, form):
            return redirect("programme:rules")
    # Just saved: what was typed has done its work, and is not given back.
    draft = "" if len(messages.get_messages(request)) else "rules"
    context = _context(version, form, request.POST) | _may(request, draft)
    return answer(request, "programme/rules.html", context, form)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def rules_preview(request: HttpRequest) -> HttpResponse:
    """The story and the cost of what is typed, at each input; half-typed figures count as none."""
    version = versions.in_force(now=timezone.now())
    form = _form(request, version)
    form.is_valid()
    for name in PLAIN:
        form.cleaned_data.setdefault(name, getattr(version or ProgrammeVersion(), name))
    drawn = form.draft()
    return render(request, "programme/rules_preview.html", _told(drawn, request.POST))


def _may(request: HttpRequest, draft: str) -> dict[str, Any]:
    return {"can_change": can_change(request), "draft": draft}


def _form(request: HttpRequest, version: ProgrammeVersion | None) -> ProgrammeForm:
    currency = current_tenant().currency
    model = version or ProgrammeVersion(unit=currency)
    return ProgrammeForm(
        request.POST or None,
        initial=initial_of(model, versions.gifts_of(version)) | {"unit": _unit(request, version)},
        unit=_unit(request, version),
        currency=currency,
    )


def _unit(request: HttpRequest, version: ProgrammeVersion | None) -> str:
    """The wallet's unit; while nothing counts in it yet, the one that was chosen on the page."""
    currency = current_tenant().currency
    asked = request.POST.get("unit") or request.GET.get("unite") or ""
    if asked in (currency, POINTS) and versions.unit_is_free(version):
        return asked
    return version.unit if version is not None else currency


def _published(request: HttpRequest, version: ProgrammeVersion | None, form: ProgrammeForm) -> bool:
    draft = form.draft()
    changes = {name: getattr(draft, name) for name in (*PLAIN, *_AMOUNTS, "unit")}
    gifts = draft.drafted or []
    if version is not None and _same(version, changes, gifts):
        messages.success(request, _("Ces règles sont déjà en vigueur"))
        return True
    try:
        made = versions.publish(
            now=timezone.now(), author_id=author(request), gifts=gifts, **changes
        )
    except RicochetError as error:
        put_error(form, error)
        return False
    messages.success(
        request, _("Règles n° %(number)s en vigueur dès maintenant") % {"number": made.number}
    )
    return True


def _same(version: ProgrammeVersion, changes: dict[str, Any], gifts: list[RewardRule]) -> bool:
    def shapes(rules: Iterable[RewardRule]) -> set[tuple[str, ...]]:
        return {tuple(str(getattr(rule, name) or "") for name in _GIFT) for rule in rules}

    unchanged = all(getattr(version, name) == value for name, value in changes.items())
    return unchanged and shapes(gifts) == shapes(versions.gifts_of(version))


def _context(
    version: ProgrammeVersion | None, form: ProgrammeForm | None, typed: Mapping[str, Any]
) -> dict[str, Any]:
    currency = current_tenant().currency
    shown = version or ProgrammeVersion(unit=currency)
    if form is not None and form.is_bound:
        form.is_valid()
        for name in PLAIN:
            form.cleaned_data.setdefault(name, getattr(shown, name))
        shown = form.draft()
    return {
        "version": version,
        "conditions": offers.conditions(version, currency=currency) if version else [],
        "currency": currency,
        "currency_word": _WORDS.get(currency, currency),
        "points": POINTS,
        "unit_is_free": versions.unit_is_free(version),
        "unit": form.wallet_unit if form is not None else shown.unit,
        "cells": list(form.cells()) if form is not None else [],
        "earlier": _earlier(currency),
        **_told(shown, typed),
    }


def _earlier(currency: str) -> list[dict[str, Any]]:
    """The versions with who published them and what each changed."""
    rows: list[ProgrammeVersion | None] = [*ProgrammeVersion.objects.all()[: _EARLIER + 1]]
    if len(rows) <= _EARLIER:
        rows.append(None)
    gifts: dict[uuid.UUID, list[RewardRule]] = {}
    for rule in RewardRule.objects.filter(version__in=[row.id for row in rows if row]):
        gifts.setdefault(rule.version_id, []).append(rule)
    names = _names(row.author_id for row in rows if row and row.author_id)
    return [
        {
            "row": row,
            "author": names.get(row.author_id) if row.author_id else _("Ricochet"),
            "changes": rules_story.changes(
                row,
                before,
                gifts=gifts.get(row.id, []),
                gifts_before=gifts.get(before.id, []) if before else [],
                currency=currency,
            ),
        }
        for row, before in pairwise(rows)
        if row is not None
    ]


def _names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {user.pk: user.name for user in User.objects.filter(pk__in=set(ids))}


def _told(version: ProgrammeVersion, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as a story, and what one new customer costs under them (SP-05)."""
    currency = current_tenant().currency
    assumed = economics.assumptions(
        unit=version.unit, fallback_basket=_BASKET, fallback_margin=_MARGIN, now=timezone.now()
    )
    return {
        "story": rules_story.story(version, currency=currency),
        "simulator": costs.panel(
            terms=planned.terms_of(version),
            assumed=costs.typed_assumptions(assumed, typed),
            sliders=costs.SLIDERS,
        ),
    }
