"""Points at checkout: the dated rules, and the page that explains the programme (SO-08)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import member_required
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from shell.forms import answer
from tenants.context import current_tenant
from tenants.features import Feature, feature_required
from tenants.loyalty import checkout_rules, versions
from tenants.loyalty.models import LoyaltyVersion
from tenants.programme import explanation
from tenants.programme.forms_checkout import CheckoutForm
from tenants.programme.views.common import author, can_change, put_error, unit


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
@feature_required(Feature.LOYALTY)
def checkout(request: HttpRequest) -> HttpResponse:
    """The rules of checkout in force, a form for others, and the explanation page's text."""
    version = versions.in_force(now=timezone.now())
    context: dict[str, Any] = {
        "version": version,
        "can_change": can_change(request),
        "tab": "checkout",
    }
    if not can_change(request):
        status = 403 if request.method == "POST" else 200
        return render(request, "programme/checkout.html", context, status=status)
    wallet = version.unit if version else unit(request)
    form = CheckoutForm(
        request.POST or None,
        initial=_initial(version),
        unit=wallet,
        currency=current_tenant().currency,
    )
    if request.method == "POST" and form.is_valid() and _saved(request, form, wallet):
        return redirect("programme:checkout")
    context |= {"form": form, "draft": "" if len(messages.get_messages(request)) else "checkout"}
    return answer(request, "programme/checkout.html", context, form)


def _initial(version: LoyaltyVersion | None) -> dict[str, Any]:
    model = version or LoyaltyVersion()
    values = {name: getattr(model, name) for name in checkout_rules.FIELDS}
    values["point_value"] = values["point_value"] / 100
    return values | {"text": explanation.read()}


def _saved(request: HttpRequest, form: CheckoutForm, wallet: str) -> bool:
    try:
        version, new = _save(request, form, wallet)
    except RicochetError as error:
        put_error(form, error)
        return False
    if new:
        words = _("Règles n° %(number)s en vigueur dès maintenant") % {"number": version.number}
    else:
        words = _("Page d’explication enregistrée")
    messages.success(request, words)
    return True


@atomic_with_retry
def _save(request: HttpRequest, form: CheckoutForm, wallet: str) -> tuple[LoyaltyVersion, bool]:
    now = timezone.now()
    explanation.write(text=form.cleaned_data["text"], now=now)
    return checkout_rules.publish(now=now, unit=wallet, author_id=author(request), **form.rules())
