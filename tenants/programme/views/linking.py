"""Facts that the merchant enters on a customer's record: orders, and who brought whom."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.money import Amount
from shell import formats
from shell.forms import answer
from tenants.context import current_tenant
from tenants.profiles.models import Profile
from tenants.programme import by_hand, listing, services
from tenants.programme.forms import OrderForm
from tenants.programme.models import Side
from tenants.programme.outcomes import outcome_of
from tenants.programme.views.common import (
    author,
    confirm,
    customer_url,
    number_or_404,
    order_or_404,
    profile_or_404,
    put_error,
)
from tenants.referrals.models import Referral


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add_order(request: HttpRequest, customer: str) -> HttpResponse:
    """Enter an order by hand; its number counts once, whoever sends it (SP-22)."""
    profile = profile_or_404(customer)
    form = OrderForm(request.POST or None, initial={"ordered_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        done = _order_added(profile, form)
        if done is not None:
            fresh = order_or_404(done)
            messages.success(
                request,
                _("Commande n° %(number)s enregistrée. %(words)s")
                % {"number": fresh.external_id, "words": outcome_of(fresh)},
            )
            return redirect(customer_url(profile))
    context: dict[str, Any] = {"profile": profile}
    return answer(request, "programme/order_form.html", context, form)


def _order_added(profile: Profile, form: OrderForm) -> str | None:
    data = form.cleaned_data
    now = timezone.now()
    day = data["ordered_on"]
    # An order of today happens now; one of another day, at noon of that day.
    at = now if day == timezone.localdate(now) else timezone.make_aware(_noon(day))
    try:
        outcome = by_hand.add_order(
            profile=profile,
            number=data["number"].strip(),
            amount=data["amount"],
            currency=current_tenant().currency,
            ordered_at=at,
            code=data["code"],
            now=now,
        )
    except RicochetError as error:
        names = {"id": "number", "ordered_at": "ordered_on", "customer.email": None}
        error.param = names.get(error.param or "", error.param)
        put_error(form, error)
        return None
    return outcome.order.public_id


def _noon(day: Any) -> datetime:
    return datetime.combine(day, time(12))


@require_http_methods(["GET", "HEAD"])
@member_required(role=Role.MANAGER)
def attach(request: HttpRequest, customer: str, side: str) -> HttpResponse:
    """Find the other person of a referral by name, shop, e-mail, phone or code (OF-02)."""
    if side not in ("parrain", "filleul"):
        raise Http404
    profile = profile_or_404(customer)
    text = request.GET.get("q", "").strip()[:100]
    found = []
    if text:
        rows = Profile.objects.select_related("referral_code").exclude(id=profile.id)
        found = list(listing.find_customers(rows, text=text).order_by("last_name", "id")[:12])
    context = {"profile": profile, "side": side, "query": text, "found": found}
    return render(request, "programme/attach.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def refer(request: HttpRequest, customer: str, side: str) -> HttpResponse:
    """Say who brought whom (OF-04, FS-11). Asked first: money is promised to both."""
    profile = profile_or_404(customer)
    other = profile_or_404(request.POST.get("other", ""))
    referrer, referee = (other, profile) if side == "parrain" else (profile, other)
    back = customer_url(profile)
    try:
        version = services.open_programme(now=timezone.now())
        if request.POST.get("sure") != "1":
            words = {
                "referrer": referrer.name,
                "referee": referee.name,
                "one": formats.amount(Amount(version.referrer_amount, version.unit)),
                "two": formats.amount(Amount(version.referee_amount, version.unit)),
                "days": version.pending_days,
            }
            return confirm(
                request,
                title=_("%(referrer)s a parrainé %(referee)s ?") % words,
                text=_(
                    "%(one)s seront promis à %(referrer)s et %(two)s à %(referee)s,"
                    " disponibles dans %(days)s jours. Les deux reçoivent un e-mail."
                )
                % words,
                act=_("Enregistrer ce parrainage"),
                back=back,
                danger=False,
                hidden={"other": other.public_id, "sure": "1"},
            )
        _row, new = by_hand.refer(
            referrer=referrer, referee=referee, author_id=author(request), now=timezone.now()
        )
    except services.ReferralRefusedError as error:
        messages.error(request, _refused(referee, str(error.facts.get("refusal", ""))))
        return redirect(reverse("programme:attach", args=[profile.public_id, side]))
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect(back)
    words = {"referrer": referrer.name, "referee": referee.name}
    text = (
        _("Parrainage de %(referee)s par %(referrer)s enregistré")
        if new
        else _("%(referee)s était déjà filleul de %(referrer)s")
    )
    messages.success(request, formats.elided(text % words, referee.name, referrer.name))
    return redirect(back)


def _refused(referee: Profile, refusal: str) -> str:
    """Why this pair cannot be linked by hand."""
    words = {
        "own_code": _("Une personne ne peut pas se parrainer elle-même."),
        "same_person": _("Les deux fiches ont la même adresse e-mail, alias compris."),
        "already_referred": _("%(name)s a déjà un parrain. Retirez d’abord ce parrainage.")
        % {"name": referee.name},
        "already_has_account": _("%(name)s avait déjà un compte sur la boutique.")
        % {"name": referee.name},
    }
    return words.get(refusal) or _("Ce parrainage ne peut pas être enregistré.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def remove(request: HttpRequest, customer: str, referral: str) -> HttpResponse:
    """Take a referral back, after a question that names what both lose (OF-04)."""
    profile = profile_or_404(customer)
    row = listing.all_referrals().filter(id=number_or_404("ref", referral)).first()
    if row is None or profile.id not in (row.referrer_id, row.referee_id):
        raise Http404
    back = customer_url(profile)
    if request.method == "POST":
        by_hand.remove_referral(referral_id=row.id, author_id=author(request), now=timezone.now())
        name = row.referee.name
        done = _("Parrainage de %(name)s retiré") % {"name": name}
        messages.success(request, formats.elided(done, name))
        return redirect(back)
    return confirm(
        request,
        title=formats.elided(
            _("Retirer le parrainage de %(name)s ?") % {"name": row.referee.name}, row.referee.name
        ),
        text=removal_text(row),
        act=_("Retirer ce parrainage"),
        back=back,
    )


def removal_text(row: Referral) -> str:
    """What is taken back from whom."""
    parts = []
    for reward in sorted(row.rewards.all(), key=lambda one: one.side != Side.REFERRER):
        left = reward.amount - reward.reversed
        who = row.referrer if reward.side == Side.REFERRER else row.referee
        if left and who is not None:
            amount = formats.amount(Amount(left, reward.unit))
            parts.append(_("%(amount)s à %(name)s") % {"amount": amount, "name": who.name})
    if not parts:
        return _("Aucun montant n’est repris : rien n’avait été accordé.")
    return _("Sont repris : %(list)s. Les deux reçoivent un e-mail.") % {
        "list": formats.join(parts)
    }
