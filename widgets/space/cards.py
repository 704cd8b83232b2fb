"""A referrer's code on paper: one card of A6, or four on a sheet of A4 (S4, O8).

For the customer from their space, and for the merchant from the customer's record: a shop that
has no site hands these over.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.ids import parse_public_id
from shell.qr import qr_file, qr_svg
from tenants.features import Feature, feature_required
from tenants.profiles.models import Profile
from tenants.programme import offers
from tenants.referrals import codes
from widgets.space import selectors
from widgets.space.pages import customer_page, of_module, own_session, show, tenant_of
from widgets.space.sharing import sharing_of

# How many cards are on the sheet, by what the address asks.
_COPIES = {"a6": 1, "a4": 4}
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
@customer_page
@of_module(Feature.REFERRAL)
def own(request: HttpRequest) -> HttpResponse:
    """The customer's own card."""
    back = f"{reverse('widgets:space')}#inviter"
    return _card(request, own_session(request).profile, back=back)


@require_safe
@customer_page
@of_module(Feature.REFERRAL)
def own_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The QR code alone, as a file."""
    return _file(request, own_session(request).profile, kind)


@require_safe
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def of_customer(request: HttpRequest, customer: str) -> HttpResponse:
    """A customer's card, printed by the merchant."""
    profile = _profile_or_404(customer)
    return _card(request, profile, back=reverse("programme:customer", args=[profile.public_id]))


@require_safe
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def of_customer_file(request: HttpRequest, customer: str, kind: str) -> HttpResponse:
    """A customer's QR code as a file."""
    return _file(request, _profile_or_404(customer), kind)


def _card(request: HttpRequest, profile: Profile, *, back: str) -> HttpResponse:
    sharing = _sharing(request, profile)
    version = selectors.open_version(now=timezone.now())
    currency = tenant_of(request).currency
    size = request.GET.get("format", "a6")
    context = {
        "sharing": sharing,
        "referrer": profile.first_name,
        "qr": qr_svg(sharing.qr_url, label=_("QR code de votre lien")),
        # With its minimum order: what is printed is read at the counter.
        "promise": offers.welcome(version, currency=currency) if version else "",
        "copies": range(_COPIES.get(size, 1)),
        "four": _COPIES.get(size, 1) > 1,
        "here": request.path,
        "back": back,
    }
    return show(request, "card", context)


def _file(request: HttpRequest, profile: Profile, kind: str) -> HttpResponse:
    if kind not in _TYPES:
        raise Http404
    sharing = _sharing(request, profile)
    response = HttpResponse(qr_file(sharing.qr_url, kind=kind), content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{sharing.code}.{kind}"'
    return response


def _sharing(request: HttpRequest, profile: Profile) -> Any:
    now = timezone.now()
    code = codes.code_for(profile=profile, now=now).code
    version = selectors.open_version(now=now)
    return sharing_of(code=code, tenant=tenant_of(request), version=version)


def _profile_or_404(public_id: str) -> Profile:
    number = parse_public_id("cus", public_id)
    rows = Profile.objects.filter(id=number, erased_at=None) if number else Profile.objects.none()
    profile = rows.first()
    if profile is None:
        raise Http404
    return profile
