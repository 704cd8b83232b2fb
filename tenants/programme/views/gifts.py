"""Gifts for referrers: the merchant's own list, when one is due, and attaching one (OF-05)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell.forms import answer
from tenants.context import current_tenant
from tenants.features import Feature, feature_required, is_on
from tenants.gates import refused
from tenants.programme import gifts, tiers
from tenants.programme.forms_rewards import GiftAfterForm, GiftTypeForm, GiveGiftForm
from tenants.programme.views.common import (
    author,
    can_change,
    customer_url,
    number_or_404,
    profile_or_404,
    put_error,
    unit,
)
from tenants.programme.views.rewards import rewards_context
from tenants.rewards.days import today
from tenants.rewards.gifts import move_gift_type, save_gift_type
from tenants.rewards.models import AwardState, GiftType

_DUE_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Feature.REFERRAL)
def gift_list(request: HttpRequest) -> HttpResponse:
    """The list in the merchant's order, after how many referrals one is due, and to whom."""
    if request.method == "POST" and not can_change(request):
        raise PermissionDenied
    form = GiftAfterForm(request.POST or None, initial={"gift_after": gifts.gift_after()})
    if request.method == "POST" and form.is_valid():
        gifts.set_gift_after(number=form.cleaned_data["gift_after"])
        messages.success(request, _("Réglage enregistré"))
        return redirect("programme:gifts")
    standing = ~Q(awards__state=AwardState.CANCELLED)
    context = {
        **rewards_context(request, "gifts"),
        # A count drops the model's own order.
        "gifts": GiftType.objects.filter(active=True)
        .annotate(given=Count("awards", filter=standing))
        .order_by("position", "id"),
        "archived": GiftType.objects.filter(active=False),
        "due": gifts.due_gifts(limit=_DUE_SHOWN),
        "due_count": gifts.due_gift_count(),
        "currency": current_tenant().currency,
    }
    return answer(request, "programme/gifts.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def add_gift(request: HttpRequest) -> HttpResponse:
    """Put a gift at the end of the list; the same form sent twice makes one."""
    form = GiftTypeForm(request.POST or None, currency=current_tenant().currency)
    if request.method == "POST" and form.is_valid() and _save(request, form, new=True):
        return redirect("programme:gifts")
    return answer(request, "programme/gift_form.html", {"editing": None}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def edit_gift(request: HttpRequest, gift: str) -> HttpResponse:
    """Change a gift; those given keep their name and value."""
    row = _gift_or_404(gift)
    form = GiftTypeForm(
        request.POST or None,
        initial={"name": row.name, "value": row.value},
        currency=current_tenant().currency,
    )
    if request.method == "POST" and form.is_valid() and _save(request, form, row=row):
        return redirect("programme:gifts")
    return answer(request, "programme/gift_form.html", {"editing": row}, form)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def move_gift(request: HttpRequest, gift: str) -> HttpResponse:
    """Move a gift one place up or down."""
    move_gift_type(gift_id=_gift_or_404(gift).id, up=request.POST.get("way") == "up")
    return redirect("programme:gifts")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def archive_gift(request: HttpRequest, gift: str) -> HttpResponse:
    """Take a gift off the list, or put it back."""
    row = _gift_or_404(gift)
    active = request.POST.get("active") == "1"
    try:
        save_gift_type(gift_id=row.id, now=timezone.now(), active=active)
    except RicochetError as error:
        messages.error(request, str(error))
    else:
        text = _("« %(name)s » est dans votre liste") if active else _("« %(name)s » archivé")
        messages.success(request, text % {"name": row.name})
    return redirect("programme:gifts")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def give(request: HttpRequest, customer: str) -> HttpResponse:
    """Give a customer something: a gift with its day, or a tier before its threshold (FS-03)."""
    if not (is_on(Feature.REFERRAL) or is_on(Feature.TIERS)):
        return refused(request, Feature.TIERS)
    profile = profile_or_404(customer)
    # Gifts are for referrers: they are off where nobody refers.
    listed = GiftType.objects.filter(active=True) if is_on(Feature.REFERRAL) else []
    offered = list(listed)
    form = GiveGiftForm(
        request.POST if "gift" in request.POST else None,
        gifts=[(row.public_id, row.name) for row in offered],
        initial={"handed_on": today(timezone.now())},
    )
    if "tier" in request.POST:
        return _give_tier(request, profile)
    if request.method == "POST" and form.is_valid():
        try:
            award, _new = gifts.give_gift(
                profile=profile,
                gift_id=number_or_404("gft", form.cleaned_data["gift"]),
                key=str(form.cleaned_data["key"]),
                handed_on=form.cleaned_data["handed_on"],
                author_id=author(request),
                now=timezone.now(),
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            words = {"gift": award.name, "name": profile.name}
            messages.success(request, _("« %(gift)s » attaché à %(name)s") % words)
            return redirect(customer_url(profile))
    rows = tiers.standing(profile=profile, unit=unit(request))
    context = {
        "profile": profile,
        "gifts": offered,
        "given": gifts.gifts_of(profile=profile),
        "standings": [row for row in rows if row.award is None],
        "tiers_on": is_on(Feature.TIERS),
        "unit": unit(request),
    }
    return answer(request, "programme/give.html", context, form)


def _give_tier(request: HttpRequest, profile: Any) -> HttpResponse:
    if not is_on(Feature.TIERS):
        raise Http404
    try:
        award, created = tiers.grant_tier_by_hand(
            profile=profile,
            tier_id=number_or_404("tir", request.POST["tier"]),
            author_id=author(request),
            now=timezone.now(),
        )
    except RicochetError as error:
        messages.error(request, str(error))
    else:
        words = {"reward": award.name, "name": profile.name}
        text = (
            _("« %(reward)s » attribué à %(name)s")
            if created
            else _("%(name)s avait déjà « %(reward)s »")
        )
        messages.success(request, text % words)
    return redirect(customer_url(profile))


def _save(
    request: HttpRequest, form: GiftTypeForm, *, row: GiftType | None = None, new: bool = False
) -> bool:
    try:
        saved = save_gift_type(
            gift_id=row.id if row else form.cleaned_data["key"],
            new=new,
            now=timezone.now(),
            name=form.cleaned_data["name"],
            value=form.cleaned_data["value"],
        )
    except RicochetError as error:
        put_error(form, error)
        return False
    text = pgettext("a gift", "« %(name)s » enregistré")
    messages.success(request, text % {"name": saved.name})
    return True


def _gift_or_404(public_id: str) -> GiftType:
    row = GiftType.objects.filter(id=number_or_404("gft", public_id)).first()
    if row is None:
        raise Http404
    return row
