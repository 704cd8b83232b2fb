"""The space itself: the cagnotte page, inviting, the printed link, the rules, the settings."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.throttles import ThrottledError, hit
from kernel.errors import InvalidInputError, RicochetError
from kernel.money import Amount
from shell import formats
from tenants.features import Feature, is_on
from tenants.messaging import unsubscribing
from tenants.profiles import services as profiles
from tenants.profiles.services import UnsafeNameError
from tenants.programme import offers
from tenants.programme.services import invite_friend
from tenants.referrals import codes
from tenants.referrals.services import TooManyInvitationsError
from widgets.models import SpaceSession
from widgets.space import selectors, sessions
from widgets.space.forms import AskForm, InviteForm
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
from widgets.space.sharing import qr_file, qr_svg, sharing_of

_DAY = timedelta(days=1)
INVITATION_TRIES = 25


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The cagnotte of whoever is here; for others, its door."""
    session = session_in(request)
    if session is None:
        left = request.GET.get("fait") == "sortie"
        return show(request, "door", {"form": AskForm(), "left": left})
    return _space(request, session, InviteForm())


@require_POST
@customer_page
@of_module(Feature.REFERRAL)
def invite(request: HttpRequest) -> HttpResponse:
    """Write to a friend, once, in this customer's name (D7, R42)."""
    session = own_session(request)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            # Refusals count as well: whoever tries addresses out learns little from them (R33).
            hit(
                action="space-invite",
                subject=str(session.profile_id),
                limit=INVITATION_TRIES,
                window=_DAY,
                now=timezone.now(),
            )
            invite_friend(
                referrer=session.profile,
                email=form.cleaned_data["email"],
                first_name=form.cleaned_data["first_name"],
                now=timezone.now(),
            )
            return to_space(done="invitation", at="inviter")
        except ThrottledError as error:
            form.add_error(None, str(TooManyInvitationsError.words))
            return _space(request, session, form, status=error.status)
        except UnsafeNameError:
            form.add_error("first_name", _("Indiquez un prénom, sans adresse ni lien."))
        except InvalidInputError:
            form.add_error("email", form.fields["email"].error_messages["invalid"])
        except RicochetError as error:
            form.add_error("email" if error.param == "email" else None, error.message)
            return _space(request, session, form, status=error.status)
    return _space(request, session, form, status=422)


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
    """The customer's language, and whether they want invitations by email."""
    session = own_session(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        profiles.update(profile_id=session.profile_id, language=language)
    wanted = request.POST.get("news")
    if wanted in ("oui", "non"):
        unsubscribing.choose(profile=session.profile, wanted=wanted == "oui", now=timezone.now())
    return to_space(done="choix", at="reglages")


def _space(
    request: HttpRequest, session: SpaceSession, form: InviteForm, *, status: int = 200
) -> HttpResponse:
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
        "claims": selectors.open_claims(space.claims, now=timezone.now()),
        "credited": credited,
        "done": request.GET.get("fait", ""),
        "languages": settings.LANGUAGES,
        "loyalty_on": is_on(Feature.LOYALTY),
        "referral_on": is_on(Feature.REFERRAL),
        "tab": "wallet",
    }
    return show(request, "home", context, status=status)


def _sharing(request: HttpRequest) -> Any:
    session = own_session(request)
    now = timezone.now()
    code = codes.code_for(profile=session.profile, now=now).code
    version = selectors.open_version(now=now)
    return sharing_of(code=code, tenant=tenant_of(request), version=version)
