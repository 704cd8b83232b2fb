"""Tiers: their list, making and changing one, and telling who is there already."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import formats, undo
from shell.forms import answer
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.programme import reward_jobs, tiers
from tenants.programme.forms_rewards import TierForm
from tenants.programme.views.common import (
    author,
    confirm,
    number_or_404,
    put_error,
    unit,
)
from tenants.programme.views.jobs import job_url
from tenants.programme.views.rewards import rewards_context
from tenants.rewards.models import CodeList, Tier
from tenants.rewards.tiers import TierNameTakenError, save_tier

_FIELDS = ("kind", "name", "value", "code_list", "threshold", "description", "tells_by_email")
_ARCHIVED = "tier.archive"


@require_safe
@member_required()
@feature_required(Feature.TIERS)
def tier_list(request: HttpRequest) -> HttpResponse:
    """Every tier by its threshold, with how many have it and how many could."""
    archived = request.GET.get("vue") == "archives"
    rows = tiers.counted(active=not archived)
    context = {
        **rewards_context(request, "tiers"),
        "tiers": rows,
        "archived": archived,
        "archived_count": Tier.objects.filter(active=False).count(),
        "any": Tier.objects.exists(),
        "currency": current_tenant().currency,
    }
    return render(request, "programme/tiers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.TIERS)
def add_tier(request: HttpRequest) -> HttpResponse:
    """Make a tier; whoever is there already can claim it at once (FS-24)."""
    form = _form(request, unit(request), {"kind": "promo", "tells_by_email": True})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            tier = save_tier(
                tier_id=form.cleaned_data["key"],
                new=True,
                unit=unit(request),
                now=timezone.now(),
                **values,
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            messages.success(request, _saved(tier))
            return redirect("programme:tiers")
    return answer(request, "programme/tier_form.html", {"editing": None}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.TIERS)
def edit_tier(request: HttpRequest, tier: str) -> HttpResponse:
    """Change a tier; what it gave stays given (FS-23)."""
    row = _tier_or_404(tier)
    form = _form(request, row.unit, {name: getattr(row, name) for name in _FIELDS})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            row = save_tier(tier_id=row.id, now=timezone.now(), **values)
        except RicochetError as error:
            put_error(form, error)
        else:
            messages.success(request, _saved(row))
            return redirect("programme:tiers")
    context = {"editing": row, "given": row.awards.exclude(state="cancelled").count()}
    return answer(request, "programme/tier_form.html", context, form)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.TIERS)
def archive_tier(request: HttpRequest, tier: str) -> HttpResponse:
    """Stop giving a tier, or give it again; undone by the toast (B8)."""
    row = _tier_or_404(tier)
    active = request.POST.get("active") == "1"
    try:
        save_tier(tier_id=row.id, now=timezone.now(), active=active)
    except TierNameTakenError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('programme:tiers')}?vue=archives")
    text = _("« %(name)s » proposé à nouveau") if active else _("« %(name)s » archivé")
    undo.offer(
        request,
        text % {"name": row.name},
        url=reverse("programme:undo_archive_tier"),
        purpose=_ARCHIVED,
        payload={"tier": row.public_id, "active": not active},
    )
    return redirect("programme:tiers")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.TIERS)
def undo_archive_tier(request: HttpRequest) -> HttpResponse:
    """Put a tier back as it was before the toast."""
    payload = undo.take(request, purpose=_ARCHIVED)
    row = _tier_or_404(payload["tier"])
    save_tier(tier_id=row.id, now=timezone.now(), active=payload["active"])
    messages.success(request, _("« %(name)s » est comme avant") % {"name": row.name})
    return redirect("programme:tiers")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.TIERS)
def tell_tier(request: HttpRequest, tier: str) -> HttpResponse:
    """Write to everybody who is there already; asks first, for it writes to many (B8)."""
    row = _tier_or_404(tier)
    back = reverse("programme:tiers")
    if request.method == "POST":
        job = reward_jobs.tell_who_is_there(tier=row, author_id=author(request), now=timezone.now())
        return redirect(job_url(job))
    count = tiers.reached(row).count()
    text = _(
        "%(n)s clients ont déjà atteint « %(name)s ». Ceux qui ont une adresse et n’ont pas refusé"
        " vos messages reçoivent un e-mail, une seule fois pour ce palier."
    )
    return confirm(
        request,
        title=_("Prévenir ceux qui y sont déjà ?"),
        text=text % {"n": formats.number(count), "name": row.name},
        act=_("Prévenir ces clients"),
        back=back,
        danger=False,
    )


def _tier_or_404(public_id: str) -> Tier:
    tier = Tier.objects.filter(id=number_or_404("tir", public_id)).first()
    if tier is None:
        raise Http404
    return tier


def _form(request: HttpRequest, unit: str, initial: dict[str, Any]) -> TierForm:
    return TierForm(
        request.POST or None,
        initial=initial,
        unit=unit,
        currency=current_tenant().currency,
        lists=CodeList.objects.all(),
    )


def _saved(tier: Tier) -> str:
    """That it is saved, and how many customers are there already."""
    there = tiers.reached(tier).count()
    if not there:
        return _("« %(name)s » enregistré") % {"name": tier.name}
    if there == 1:
        words = _("« %(name)s » enregistré : 1 client y est déjà et peut le récupérer aussitôt")
    else:
        words = _("« %(name)s » enregistré : %(n)s clients y sont déjà et peuvent le récupérer"
                  " aussitôt")  # fmt: skip
    return words % {"name": tier.name, "n": formats.number(there)}
