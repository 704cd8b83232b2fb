"""One referral: how its referrer was found, what it granted, and what the merchant notes on it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.money import Amount
from shell import formats, undo
from shell.fields import DateField
from shell.forms import HouseForm, answer
from tenants.features import Feature, feature_required
from tenants.programme import granting, hand_referrals, listing, record
from tenants.programme.models import Decision, Side
from tenants.programme.referral_sentences import explain_referral, explain_reward, ladder
from tenants.programme.sentences import explain
from tenants.programme.views.common import (
    author,
    can_change,
    confirm,
    customer_url,
    number_or_404,
    profile_or_404,
    put_error,
)
from tenants.referrals.models import OPEN_STATES, Referral, ReferralState

_CLOSED = "referral.close"


class ReferralForm(HouseForm):
    """What the merchant writes on a referral (OF-02)."""

    referred_on = DateField(
        label=gettext_lazy("Date du parrainage"),
        error_messages={
            "required": gettext_lazy(
                "Un parrainage a une date : indiquez-la, par exemple 18/11/2026."
            )
        },
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def referral_or_404(public_id: str) -> Referral:
    """The referral that an address names (R23)."""
    row = listing.all_referrals().filter(id=number_or_404("ref", public_id)).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Feature.REFERRAL)
def referral(request: HttpRequest, referral: str) -> HttpResponse:
    """Everything about one referral; its day and notes can be changed here."""
    row = referral_or_404(referral)
    day = row.referred_on or timezone.localdate(row.created_at)
    form = ReferralForm(request.POST or None, initial={"referred_on": day, "notes": row.notes})
    if request.method == "POST" and can_change(request) and form.is_valid():
        try:
            hand_referrals.edit(
                referral_id=row.id,
                referred_on=form.cleaned_data["referred_on"],
                notes=form.cleaned_data["notes"].strip(),
                now=timezone.now(),
            )
            messages.success(request, _("Parrainage enregistré"))
            return redirect("programme:referral", row.public_id)
        except RicochetError as error:
            put_error(form, error)
    decisions = Decision.objects.filter(referral=row).select_related(
        "profile", "order", "version", "referral__referrer", "referral__referee"
    )
    context = {
        "referral": row,
        "look": record.REFERRAL_LOOKS[ReferralState(row.state)],
        "words": explain_referral(row),
        "open": row.state in OPEN_STATES,
        "day": day,
        "rungs": ladder(row),
        "rewards": _granted(row),
        "decisions": [
            (decision, explain(decision)) for decision in decisions.order_by("decided_at", "id")
        ],
        "can_change": can_change(request),
    }
    status = 403 if request.method == "POST" and not can_change(request) else None
    response = answer(request, "programme/referral.html", context, form)
    if status:
        response.status_code = status
    return response


def _granted(row: Referral) -> list[dict[str, Any]]:
    """What each side got or is to get: amounts, then gifts."""
    people = {Side.REFERRER.value: row.referrer, Side.REFEREE.value: row.referee}
    lines = [
        {
            "who": people[reward.side],
            "what": formats.amount(Amount(reward.amount - reward.reversed, reward.unit)),
            "words": explain_reward(reward),
            "look": _LOOKS[reward.state],
        }
        for reward in sorted(row.rewards.all(), key=lambda r: (r.granted_at, r.side == "referee"))
    ]
    lines += [
        {
            "who": award.profile,
            "what": award.name,
            "words": granting.explain_award(award),
            "look": granting.look_of(award),
        }
        for award in granting.awards_of(referral=row)
    ]
    return lines


_LOOKS = {"pending": "pending", "posted": "available", "cancelled": "cancelled"}


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def close(request: HttpRequest, referral: str) -> HttpResponse:
    """Stop counting a referral, at once and with a way back (OF-04)."""
    row = referral_or_404(referral)
    hand_referrals.close(referral_id=row.id, author_id=author(request), now=timezone.now())
    name = row.referee.name
    undo.offer(
        request,
        formats.elided(_("Parrainage de %(name)s clos") % {"name": name}, name),
        url=reverse("programme:undo_close"),
        purpose=_CLOSED,
        payload={"id": str(row.id)},
    )
    return redirect("programme:referral", row.public_id)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def undo_close(request: HttpRequest) -> HttpResponse:
    """The toast's way back."""
    payload = undo.take(request, purpose=_CLOSED)
    return _reopened(request, listing.all_referrals().get(id=payload["id"]))


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def reopen(request: HttpRequest, referral: str) -> HttpResponse:
    """Count a closed referral again."""
    return _reopened(request, referral_or_404(referral))


def _reopened(request: HttpRequest, row: Referral) -> HttpResponse:
    try:
        hand_referrals.reopen(referral_id=row.id, author_id=author(request), now=timezone.now())
        name = row.referee.name
        messages.success(
            request, formats.elided(_("Parrainage de %(name)s rouvert") % {"name": name}, name)
        )
    except RicochetError as error:
        messages.error(request, str(error))
    return redirect("programme:referral", row.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def remove(request: HttpRequest, customer: str, referral: str) -> HttpResponse:
    """Take a referral back, after a question that names what both lose (OF-04)."""
    profile = profile_or_404(customer)
    row = referral_or_404(referral)
    if profile.id not in (row.referrer_id, row.referee_id):
        raise Http404
    back = customer_url(profile)
    if request.method == "POST":
        hand_referrals.remove_referral(
            referral_id=row.id, author_id=author(request), now=timezone.now()
        )
        name = row.referee.name
        done = _("Parrainage de %(name)s retiré") % {"name": name}
        messages.success(request, formats.elided(done, name))
        return redirect(back)
    return confirm(
        request,
        title=formats.elided(
            _("Retirer le parrainage de %(name)s ?") % {"name": row.referee.name}, row.referee.name
        ),
        text=removal_text(row),
        act=_("Retirer ce parrainage"),
        back=back,
    )


def removal_text(row: Referral) -> str:
    """What is taken back from whom."""
    parts = []
    for reward in sorted(row.rewards.all(), key=lambda r: r.side == Side.REFEREE):
        left = reward.amount - reward.reversed
        who = row.referrer if reward.side == Side.REFERRER else row.referee
        if left and who is not None:
            amount = formats.amount(Amount(left, reward.unit))
            parts.append(_("%(amount)s à %(name)s") % {"amount": amount, "name": who.name})
    parts += [
        _("« %(gift)s » à %(name)s") % {"gift": award.name, "name": award.profile.name}
        for award in granting.awards_of(referral=row)
        if award.profile is not None and granting.can_cancel(award)
    ]
    if not parts:
        return _("Aucun montant n’est repris : rien n’avait été accordé.")
    return _("Sont repris : %(list)s. Les deux reçoivent un e-mail.") % {
        "list": formats.join(parts)
    }
