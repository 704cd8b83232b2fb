"""The space itself: the cagnotte page, inviting, the printed link, the rules, the settings."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.plans import Allowed
from kernel.money import Amount
from shell import formats
from shell.qr import qr_file, qr_svg
from tenants.features import Feature, is_on
from tenants.messaging import choosing
from tenants.profiles import services as profiles
from tenants.programme import offers
from tenants.referrals import codes
from widgets.models import SpaceSession
from widgets.space import selectors, sessions
from widgets.space.forms import AskForm
from widgets.space.invite_form import InviteForm
from widgets.space.pages import (
    customer_page,
    of_module,
    own_session,
    public_page,
    session_in,
    show,
    tenant_of,
    to_space,
)
from widgets.space.sharing import sharing_of
from widgets.space.wishes import asked_for, shown


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The cagnotte of whoever is here; for others, its door."""
    session = session_in(request)
    if session is None:
        left = request.GET.get("fait") == "sortie"
        return show(request, "door", {"form": AskForm(), "left": left})
    return show_space(request, session, InviteForm())


@require_safe
@customer_page
@of_module(Feature.REFERRAL)
def qr(request: HttpRequest) -> HttpResponse:
    """The link on paper: QR code, code and address on one sheet (S4, O8)."""
    sharing = _sharing(request)
    version = selectors.open_version(now=timezone.now())
    amount = version.referee_amount if version is not None else 0
    context = {
        "sharing": sharing,
        "qr": qr_svg(sharing.qr_url, label=_("QR code de votre lien")),
        "amount": formats.amount(Amount(amount, version.unit)) if version and amount else "",
    }
    return show(request, "qr", context)


@require_safe
@customer_page
@of_module(Feature.REFERRAL)
def qr_download(request: HttpRequest) -> HttpResponse:
    """The QR code as a file."""
    sharing = _sharing(request)
    response = HttpResponse(qr_file(sharing.qr_url), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{sharing.code}.svg"'
    return response


@require_safe
@public_page
@of_module(Feature.REFERRAL)
def rules(request: HttpRequest) -> HttpResponse:
    """The conditions: the merchant's own words, else what the rules themselves say."""
    version = selectors.open_version(now=timezone.now())
    context: dict[str, Any] = {"version": version}
    if version is not None:
        currency = tenant_of(request).currency
        context["conditions"] = offers.conditions(version, currency=currency)
        if version.minimum_order:
            context["minimum_order"] = formats.money(version.minimum_order, currency)
    return show(request, "rules", context)


@require_POST
@customer_page
def choices(request: HttpRequest) -> HttpResponse:
    """The customer's language, and which emails they want."""
    session = own_session(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        profiles.update(profile_id=session.profile_id, language=language)
    if "choix" in request.POST:
        choosing.choose_own(profile=session.profile, **asked_for(request), now=timezone.now())
    return to_space(done="choix", at="reglages")


def show_space(
    request: HttpRequest,
    session: SpaceSession,
    form: InviteForm,
    *,
    sent: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of the cagnotte and its form to invite; `sent` says whose invitation left."""
    space = selectors.space_of(
        profile=session.profile, tenant=tenant_of(request), now=timezone.now()
    )
    sharing = _sharing(request)
    credited = sessions.note_seen(session=session, available=space.balance.available)
    context = {
        "space": space,
        "profile": session.profile,
        "sharing": sharing,
        "form": form,
        "sent": sent,
        "claims": selectors.open_claims(space.claims, now=timezone.now()),
        "credited": credited,
        "done": request.GET.get("fait", ""),
        "languages": settings.LANGUAGES,
        "loyalty_on": is_on(Feature.LOYALTY),
        "referral_on": is_on(Feature.REFERRAL),
        "wallet_on": is_on(Allowed.WALLET),
        "tab": "wallet",
        **shown(choosing.wishes_of(profile=session.profile)),
    }
    return show(request, "home", context, status=status)


def _sharing(request: HttpRequest) -> Any:
    session = own_session(request)
    now = timezone.now()
    code = codes.code_for(profile=session.profile, now=now).code
    version = selectors.open_version(now=now)
    return sharing_of(code=code, tenant=tenant_of(request), version=version)
