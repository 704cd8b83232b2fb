"""Corrections by hand to one customer: the cagnotte, and the code."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ledger.errors import InsufficientBalanceError
from kernel.ledger.selectors import Balance, balance
from kernel.money import Amount
from shell import formats, undo
from shell.forms import answer
from tenants.features import Feature, feature_required
from tenants.profiles.models import Profile
from tenants.programme import services
from tenants.programme.forms import AdjustForm, CodeForm
from tenants.programme.views.common import (
    author,
    confirm,
    customer_url,
    profile_or_404,
    put_error,
    unit,
)
from tenants.referrals import codes
from tenants.referrals.models import ReferralCode

_RENAMED = "code.rename"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def adjust(request: HttpRequest, customer: str) -> HttpResponse:
    """Add to a cagnotte or take from it: first the form, then a question with the amounts (B8)."""
    profile = profile_or_404(customer)
    form = AdjustForm(request.POST or None, unit=unit(request))
    now = balance(owner_id=profile.id, unit=unit(request))
    now_held = now.available
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        signed = data["amount"] if data["way"] == "credit" else -data["amount"]
        if now_held + signed < 0:
            form.add_error("amount", _too_much(now))
        elif request.POST.get("sure") != "1":
            return _ask(request, profile, form, signed, now)
        elif _adjusted(request, profile, form, signed, now):
            return redirect(customer_url(profile))
    context = {"profile": profile, "held": now_held, "debt": now.debt, "unit": now.unit}
    return answer(request, "programme/adjust.html", context, form)


def _too_much(now: Balance) -> str:
    words = {
        "held": formats.amount(Amount(now.available, now.unit)),
        "debt": formats.amount(Amount(now.debt, now.unit)),
    }
    if now.debt:
        return _("Sa cagnotte doit déjà %(debt)s : il n’y a rien à retirer.") % words
    if not now.available:
        return _("Sa cagnotte contient %(held)s : il n’y a rien à retirer.") % words
    return _("Sa cagnotte contient %(held)s. Indiquez ce montant au plus.") % words


def _ask(
    request: HttpRequest, profile: Profile, form: AdjustForm, signed: int, now: Balance
) -> HttpResponse:
    amount = formats.amount(Amount(abs(signed), now.unit))
    filled = min(now.debt, max(signed, 0))
    words = {
        "amount": amount,
        "name": profile.name,
        "before": formats.amount(Amount(now.available, now.unit)),
        "after": formats.amount(Amount(now.available + signed - filled, now.unit)),
        "filled": formats.amount(Amount(filled, now.unit)),
        "reason": form.cleaned_data["reason"],
    }
    credit = signed > 0
    return confirm(
        request,
        title=(
            _("Créditer %(amount)s à %(name)s ?")
            if credit
            else _("Retirer %(amount)s à %(name)s ?")
        )
        % words,
        text=(
            _(
                "%(filled)s combleront ce qui a été repris après avoir été dépensé. Sa cagnotte"
                " passe de %(before)s à %(after)s. Motif : %(reason)s"
            )
            if filled
            else _("Sa cagnotte passe de %(before)s à %(after)s. Motif : %(reason)s")
        )
        % words,
        act=(_("Créditer %(amount)s") if credit else _("Retirer %(amount)s")) % words,
        back=customer_url(profile),
        danger=not credit,
        hidden={**{n: request.POST.get(n, "") for n in form.fields}, "sure": "1"},
        busy=_("Enregistrement"),
    )


def _adjusted(
    request: HttpRequest, profile: Profile, form: AdjustForm, signed: int, now: Balance
) -> bool:
    data = form.cleaned_data
    try:
        services.adjust(
            profile=profile,
            amount=signed,
            reason=data["reason"],
            key=str(data["key"]),
            author_id=author(request),
            now=timezone.now(),
        )
    except InsufficientBalanceError:
        form.add_error("amount", _too_much(balance(owner_id=profile.id, unit=now.unit)))
        return False
    except RicochetError as error:
        put_error(form, error)
        return False
    words = {
        "amount": formats.amount(Amount(abs(signed), now.unit)),
        "name": profile.name,
        "filled": formats.amount(Amount(min(now.debt, max(signed, 0)), now.unit)),
    }
    text = _("%(amount)s crédités à %(name)s") if signed > 0 else _("%(amount)s retirés à %(name)s")
    if signed > 0 and now.debt:
        text = _("%(amount)s crédités à %(name)s, dont %(filled)s comblent ce qui avait été repris")
    messages.success(request, text % words)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def code(request: HttpRequest, customer: str) -> HttpResponse:
    """Give a customer's code another text; made now if there is none yet (FS-09)."""
    profile = profile_or_404(customer)
    row = ReferralCode.objects.filter(profile=profile).first()
    initial = row.code if row else ""
    proposed = initial or codes.propose(profile=profile)
    form = CodeForm(request.POST or None, initial={"code": proposed})
    if request.method == "POST" and form.is_valid():
        try:
            row = codes.rename(
                code=row or codes.code_for(profile=profile, now=timezone.now()),
                to=form.cleaned_data["code"],
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            _offer_undo(request, profile, initial, row.code)
            return redirect(customer_url(profile))
    context = {"profile": profile, "had_code": bool(initial)}
    return answer(request, "programme/code.html", context, form)


def _offer_undo(request: HttpRequest, profile: Profile, before: str, after: str) -> None:
    words = {"name": profile.name, "code": after}
    text = formats.elided(_("Le code de %(name)s est maintenant %(code)s") % words, profile.name)
    if before in ("", after):
        messages.success(request, text)
        return
    undo.offer(
        request,
        text,
        url=reverse("programme:undo_code"),
        purpose=_RENAMED,
        payload={"customer": profile.public_id, "code": before},
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def undo_code(request: HttpRequest) -> HttpResponse:
    """Give the code its former text back."""
    payload = undo.take(request, purpose=_RENAMED)
    profile = profile_or_404(payload["customer"])
    codes.rename(code=ReferralCode.objects.get(profile=profile), to=payload["code"])
    messages.success(request, _("Le code est de nouveau %(code)s") % {"code": payload["code"]})
    return redirect(customer_url(profile))
