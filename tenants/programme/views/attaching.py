"""Who brought whom, said by the merchant on a customer's record (OF-02, FS-11)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import formats
from shell.fields import DateField, TilesField
from shell.forms import HouseForm, answer
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.profiles.models import Profile
from tenants.programme import hand_referrals, listing, offers, promises, services
from tenants.programme.models import ProgrammeVersion, Qualifying, Side
from tenants.programme.views.common import (
    author,
    customer_url,
    profile_or_404,
    put_error,
)

_NOW, _WAIT = "now", "wait"


class AttachForm(HouseForm):
    """A referral by hand: since when, what is known of it, and when both are rewarded."""

    referred_on = DateField(
        label=gettext_lazy("Date du parrainage"),
        error_messages={
            "required": gettext_lazy(
                "Un parrainage a une date : indiquez-la, par exemple 18/11/2026."
            )
        },
    )
    award = TilesField(label=gettext_lazy("Récompenses"), options=[])
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, version: ProgrammeVersion, words: dict[str, str], **more: Any):
        super().__init__(*args, **more)
        self.fields["award"] = TilesField(
            label=_("Récompenses"),
            options=[
                (_NOW, _("Accorder tout de suite"), _now_words(words)),
                (_WAIT, _wait_title(version), _wait_words(version)),
            ],
        )


@require_http_methods(["GET", "HEAD"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def attach(request: HttpRequest, customer: str, side: str) -> HttpResponse:
    """Find the other person of a referral by name, shop, e-mail, phone or code (OF-02)."""
    if side not in ("parrain", "filleul"):
        raise Http404
    profile = profile_or_404(customer)
    text = request.GET.get("q", "").strip()[:100]
    found = []
    if chosen := request.GET.get("personne"):
        # Just added, on the way from here.
        found = [profile_or_404(chosen)]
    elif text:
        rows = Profile.objects.select_related("referral_code").exclude(id=profile.id)
        found = list(listing.find_customers(rows, text=text).order_by("last_name", "id")[:12])
    carried = urlencode({"q": text, "fiche": profile.public_id, "cote": side})
    context = {
        "profile": profile,
        "side": side,
        "query": text,
        "found": found,
        "add_url": f"{reverse('programme:add_customer')}?{carried}",
    }
    return render(request, "programme/attach.html", context)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def refer(request: HttpRequest, customer: str, side: str) -> HttpResponse:
    """Date, notes and rewards of a referral by hand; then it stands (OF-04, FS-11, FS-12).

    What is promised to whom is said beside each choice before anything is recorded.
    """
    profile = profile_or_404(customer)
    if not request.POST.get("other"):
        # A date alone is no referral: somebody has to be chosen.
        messages.error(request, _("Choisissez d’abord la personne, la date vient ensuite."))
        return redirect(reverse("programme:attach", args=[profile.public_id, side]))
    other = profile_or_404(request.POST["other"])
    referrer, referee = (other, profile) if side == "parrain" else (profile, other)
    try:
        version = services.open_programme(now=timezone.now())
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect(customer_url(profile))
    form = _form(request, version, referrer=referrer, referee=referee)
    if form.is_bound and form.is_valid():
        response = _recorded(request, form, profile, side, referrer=referrer, referee=referee)
        if response is not None:
            return response
    context = {
        "profile": profile,
        "side": side,
        "other": other,
        "referrer": referrer,
        "referee": referee,
    }
    return answer(request, "programme/attach_form.html", context, form)


def _form(
    request: HttpRequest, version: ProgrammeVersion, *, referrer: Profile, referee: Profile
) -> AttachForm:
    initial = {
        "referred_on": timezone.localdate(),
        # Whoever ordered already has done what is rewarded.
        "award": _NOW if referee.order_count else _WAIT,
    }
    currency = current_tenant().currency
    trigger = promises.main_trigger(version)
    words = {
        "referrer": referrer.name,
        "referee": referee.name,
        "one": offers.offer(version, side=Side.REFERRER, trigger=trigger, currency=currency),
        "two": offers.offer(version, side=Side.REFEREE, trigger=trigger, currency=currency),
    }
    data = None
    if request.POST.get("sure") == "1":
        data = request.POST.copy()
        data.setdefault("referred_on", DateField().show(initial["referred_on"]))
        data.setdefault("award", str(initial["award"]))
    return AttachForm(data, initial=initial, version=version, words=words)


def _recorded(
    request: HttpRequest,
    form: AttachForm,
    profile: Profile,
    side: str,
    *,
    referrer: Profile,
    referee: Profile,
) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        _row, new = hand_referrals.refer(
            referrer=referrer,
            referee=referee,
            author_id=author(request),
            at_once=data["award"] == _NOW,
            referred_on=data["referred_on"],
            notes=data["notes"].strip(),
            now=timezone.now(),
        )
    except services.ReferralRefusedError as error:
        messages.error(request, _refused(referrer, referee, str(error.facts.get("refusal", ""))))
        return redirect(reverse("programme:attach", args=[profile.public_id, side]))
    except RicochetError as error:
        put_error(form, error)
        return None
    words = {"referrer": referrer.name, "referee": referee.name}
    text = (
        _("Parrainage de %(referee)s par %(referrer)s enregistré")
        if new
        else _("%(referrer)s avait déjà fait venir %(referee)s")
    )
    messages.success(request, formats.elided(text % words, referee.name, referrer.name))
    return redirect(customer_url(profile))


def _now_words(words: dict[str, str]) -> str:
    if words["one"] and words["two"]:
        text = _("%(one)s pour %(referrer)s et %(two)s pour %(referee)s, disponibles aussitôt.")
    elif words["one"]:
        text = _("%(one)s pour %(referrer)s, disponibles aussitôt.")
    else:
        text = _("%(two)s pour %(referee)s, disponibles aussitôt.")
    return f"{text % words} {_('Chacun reçoit un e-mail.')}"


def _wait_title(version: ProgrammeVersion) -> str:
    if version.qualifying == Qualifying.ORDER:
        return _("Attendre sa prochaine commande")
    return _("Attendre sa prochaine séance")


def _wait_words(version: ProgrammeVersion) -> str:
    if version.qualifying == Qualifying.ORDER:
        return _("Le parrainage compte dès maintenant, la récompense suit la commande.")
    return _("Le parrainage compte dès maintenant, la récompense suit la séance.")


def _refused(referrer: Profile, referee: Profile, refusal: str) -> str:
    """Why this pair cannot be linked by hand."""
    words = {
        "own_code": _(
            "Une personne ne peut pas se parrainer elle-même. Choisissez quelqu’un d’autre."
        ),
        "same_person": _("Les deux fiches ont la même adresse e-mail, alias compris."),
        "already_referred": _("%(name)s a déjà un parrain. Retirez d’abord ce parrainage.")
        % {"name": referee.name},
        "circle": _(
            "%(name)s a fait venir %(other)s, de près ou de loin : l’inverse est impossible."
        )
        % {"name": referee.name, "other": referrer.name},
    }
    return words.get(refusal) or _("Ce parrainage ne peut pas être enregistré.")
