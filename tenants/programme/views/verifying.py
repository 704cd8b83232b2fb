"""The queue of referrals that look odd: accept, refuse, change one's mind (R43)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from shell import formats, undo
from shell.forms import HouseForm
from shell.forms import answer as show
from tenants.features import Feature, feature_required
from tenants.programme import verifications, verifying
from tenants.programme.views import bulk
from tenants.programme.views.common import author, can_change, number_or_404, put_error
from tenants.referrals import suspicion
from tenants.referrals.models import Referral, Suspicion, SuspicionRules, SuspicionState
from tenants.referrals.suspicion import Signal

_DECIDED = "referral.verify"
_SHOWN = 50
_ACTS = {"accepter": verifying.accept, "refuser": verifying.refuse}


class ReasonForm(HouseForm):
    """Why a decision is changed: whoever reads the record later wants to know."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=200,
        error_messages={"required": gettext_lazy("Dites pourquoi, par exemple « Vu en magasin ».")},
    )


class RulesForm(HouseForm):
    """Which signals are looked at, and how many referrals are too many."""

    signals = forms.MultipleChoiceField(
        label=gettext_lazy("Ce qui met un parrainage de côté"),
        choices=Signal.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Filleuls d’un même parrain, au plus"), min_value=1, max_value=1000
    )
    days = forms.IntegerField(label=gettext_lazy("En combien de jours"), min_value=1, max_value=90)


@require_safe
@member_required()
@feature_required(Feature.REFERRAL)
def queue(request: HttpRequest) -> HttpResponse:
    """Both accounts side by side, why, what is blocked; then what was decided."""
    past = request.GET.get("vue") == "decides"
    cases = (verifications.decided if past else verifications.waiting)(limit=_SHOWN)
    held = Suspicion.objects.filter(state=SuspicionState.WAITING, referral__state="held").count()
    context = {"cases": cases, "past": past, "held": held, "can_change": can_change(request)}
    return render(request, "programme/verifications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def decide(request: HttpRequest, referral: str, answer: str) -> HttpResponse:
    """Accept or refuse. A decision taken before is changed only with a reason."""
    row = _row_or_404(referral)
    act = _ACTS.get(answer)
    if act is None:
        raise Http404
    first = row.state == SuspicionState.WAITING
    form = ReasonForm(request.POST if request.method == "POST" and not first else None)
    if request.method == "POST" and (first or form.is_valid()):
        reason = "" if first else form.cleaned_data["reason"].strip()
        try:
            act(
                referral_id=row.referral_id,
                author_id=author(request),
                now=timezone.now(),
                reason=reason,
            )
            return _decided(request, row.referral, answer)
        except RicochetError as error:
            if first:
                messages.error(request, str(error))
                return redirect("programme:verifications")
            put_error(form, error)
    return show(request, "programme/verify.html", _question(row, form, answer, first=first), form)


def _question(row: Suspicion, form: ReasonForm, answer: str, *, first: bool) -> dict[str, Any]:
    name = row.referral.referee.name
    title = _("Accepter le parrainage de %(name)s ?")
    text = _("Ses récompenses partent à la fin du délai, et chacun reçoit un e-mail.")
    if answer == "refuser":
        title = _("Refuser le parrainage de %(name)s ?")
        text = _("Ce qui attend est annulé, et ce qui a été versé depuis est repris.")
    return {
        "title": formats.elided(title % {"name": name}, name),
        "text": text,
        "form": form,
        "first": first,
        "act": _("Accepter") if answer == "accepter" else _("Refuser"),
        "variant": "primary" if answer == "accepter" else "danger",
    }


def _decided(request: HttpRequest, row: Referral, answer: str) -> HttpResponse:
    name = row.referee.name
    words = _("Parrainage de %(name)s accepté") if answer == "accepter" else _(
        "Parrainage de %(name)s refusé"
    )  # fmt: skip
    undo.offer(
        request,
        formats.elided(words % {"name": name}, name),
        url=reverse("programme:undo_verification"),
        purpose=_DECIDED,
        payload={"id": row.public_id},
    )
    return redirect("programme:verifications")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def undo_decision(request: HttpRequest) -> HttpResponse:
    """The toast's way back: it waits in the queue again."""
    row = _row_or_404(undo.take(request, purpose=_DECIDED)["id"])
    try:
        verifying.put_back(
            referral_id=row.referral_id, author_id=author(request), now=timezone.now()
        )
        name = row.referral.referee.name
        words = _("Parrainage de %(name)s de nouveau à vérifier") % {"name": name}
        messages.success(request, formats.elided(words, name))
    except RicochetError as error:
        messages.error(request, str(error))
    return redirect("programme:verifications")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def many(request: HttpRequest) -> HttpResponse:
    """The ticked ones, to the question that comes before (B7)."""
    act = "referral-refuse" if request.POST.get("answer") == "refuser" else "referral-accept"
    numbers = [parse_public_id("ref", text) for text in request.POST.getlist("pick")[:_SHOWN]]
    rows = Referral.objects.filter(id__in=[number for number in numbers if number])
    return bulk.begin(request, act=act, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def settings(request: HttpRequest) -> HttpResponse:
    """Which signals count here."""
    row = suspicion.rules()
    chosen = [signal for signal in Signal.values if signal not in row.off]
    initial = {"signals": chosen, "most": row.most, "days": row.days}
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        SuspicionRules.objects.update_or_create(
            id=1,
            defaults={
                "off": [signal for signal in Signal.values if signal not in wanted["signals"]],
                "most": wanted["most"],
                "days": wanted["days"],
            },
        )
        messages.success(request, _("Vérifications enregistrées"))
        return redirect("programme:suspicion_rules")
    return show(request, "programme/suspicion_rules.html", {"form": form}, form)


def _row_or_404(public_id: str) -> Suspicion:
    rows = Suspicion.objects.select_related("referral__referee")
    row = rows.filter(referral_id=number_or_404("ref", public_id)).first()
    if row is None:
        raise Http404
    return row
