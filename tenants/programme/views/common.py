"""What the views share: finding rows by their outside ids, confirming, saying errors in place."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import has_role
from accounts.models import Role
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from tenants.activity.models import Order
from tenants.context import current_tenant
from tenants.profiles.models import Profile
from tenants.programme import listing, versions


def profile_or_404(public_id: str) -> Profile:
    """The customer that an address names (R23)."""
    number = parse_public_id("cus", public_id)
    profile = listing.customer(profile_id=number) if number else None
    if profile is None:
        raise Http404
    return profile


def order_or_404(public_id: str) -> Order:
    """The order that an address names (R23)."""
    number = parse_public_id("ord", public_id)
    order = listing.orders().filter(id=number).first() if number else None
    if order is None:
        raise Http404
    return order


def number_or_404(prefix: str, public_id: str) -> uuid.UUID:
    """The id behind an outside id of this prefix."""
    number = parse_public_id(prefix, public_id)
    if number is None:
        raise Http404
    return number


def author(request: HttpRequest) -> uuid.UUID:
    """The user who acts, for the records."""
    number: uuid.UUID = request.user.pk  # type: ignore[assignment]  # only members come here
    return number


def can_change(request: HttpRequest) -> bool:
    """Whether to show buttons that change something."""
    return has_role(request, Role.MANAGER)


def unit(request: HttpRequest) -> str:
    """The unit that cagnottes count in: the programme's, before it exists the merchant's.

    Looked up once for each request.
    """
    known: str | None = getattr(request, "cagnotte_unit", None)
    if known is None:
        version = versions.in_force(now=timezone.now())
        known = version.unit if version else current_tenant().currency
        request.cagnotte_unit = known  # type: ignore[attr-defined]  # ours, for this request
    return known


def customer_url(profile: Profile) -> str:
    return reverse("programme:customer", args=[profile.public_id])


def order_url(order: Order) -> str:
    return reverse("programme:order", args=[order.public_id])


def back_to(request: HttpRequest, fallback: str) -> str:
    """The page that a small form was sent from, when it is one of ours; else `fallback`."""
    target = request.POST.get("next", "")
    if not target:
        parts = urlsplit(request.headers.get("Referer", ""))
        same = parts.netloc == request.get_host()
        target = f"{parts.path}{'?' + parts.query if parts.query else ''}" if same else ""
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target if target.split("?")[0] != request.path else fallback
    return fallback


def put_error(form: BaseForm, error: RicochetError) -> None:
    """Say a refusal of the domain at the field it is about, else on top of the form."""
    form.add_error(error.param if error.param in form.fields else None, str(error))


def confirm(
    request: HttpRequest,
    *,
    title: str,
    text: str,
    act: str,
    back: str,
    danger: bool = True,
    hidden: dict[str, Any] | None = None,
    busy: str = "",
) -> HttpResponse:
    """The page that asks before an act, for every browser: the dialog is its faster twin (B8)."""
    context = {
        "question": title,
        "text": text,
        "act": act,
        "back": back,
        "danger": danger,
        "hidden": hidden or {},
        "busy": busy,
    }
    return render(request, "programme/confirm.html", context)
