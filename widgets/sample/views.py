"""The sample's pages: the templates and the script of real merchants, and no database."""

import copy
import json
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from kernel.ids import parse_public_id
from kernel.money import Amount
from shell import formats
from shell.qr import qr_file, qr_svg
from tenants.addresses import origin_of_host
from tenants.models import Tenant
from tenants.programme import offers
from widgets.sample import story
from widgets.shown.selectors import launcher_entry
from widgets.space.invite_form import InviteForm
from widgets.space.pages import show
from widgets.space.sharing import Sharing, sharing_to

View = Callable[..., HttpResponseBase]


def sample_page(view: View) -> View:
    """A page of the made-up merchant, which our own pages may frame.

    The view gets a copy of the request: what stands around it goes on believing, and rightly so,
    that this address is the platform's.
    """

    @csp_replace({"frame-ancestors": [SELF]})
    @xframe_options_sameorigin
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        inside = copy.copy(request)
        inside.tenant = story.merchant()  # type: ignore[attr-defined]
        return view(inside, *args, **kwargs)

    return guarded


@require_safe
@sample_page
def space(request: HttpRequest) -> HttpResponse:
    """Camille's cagnotte at a moment of its story: `?moment=`."""
    now = timezone.now()
    at = story.moment(request.GET.get("moment", ""), now=now)
    shown = story.space(at, now=now)
    context = {
        "sample": True,
        "space": shown,
        "profile": shown.profile,
        "sharing": _sharing(request, _tenant(request)),
        "form": InviteForm(),
        "claims": at.claims,
        "credited": at.name == "credit",
        "done": "lot" if at.name == "lot" else "",
        "languages": settings.LANGUAGES,
        "referral_on": True,
        "wallet_on": True,
    }
    return show(request, "home", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sample_page
def prize(request: HttpRequest, prize: str) -> HttpResponse:
    """What choosing costs and leaves; choosing leads on in the story."""
    now = timezone.now()
    prize_id = parse_public_id("prz", prize)
    row = next((one for one in story.prizes() if one.id == prize_id), None)
    if row is None:
        raise Http404
    at = story.moment("credit", now=now)
    line = story.line(row, available=at.available)
    if request.method == "POST" and line.within_reach:
        return HttpResponseRedirect(reverse("widgets:space") + "?moment=lot#mes-lots")
    context = {
        "sample": True,
        "line": line,
        "available": Amount(at.available, story.UNIT),
        "left": Amount(max(at.available - row.cost, 0), story.UNIT),
        "key": uuid.uuid4().hex,
    }
    return show(request, "prize", context)


@require_safe
@sample_page
def rules(request: HttpRequest) -> HttpResponse:
    """The conditions, from the rules themselves."""
    version = story.rules(now=timezone.now())
    context = {
        "sample": True,
        "version": version,
        "conditions": offers.conditions(version, currency=story.UNIT),
        "minimum_order": formats.money(version.minimum_order, story.UNIT),
    }
    return show(request, "rules", context)


@require_safe
@sample_page
def qr(request: HttpRequest) -> HttpResponse:
    """The link on paper."""
    sharing = _sharing(request, _tenant(request))
    context = {
        "sample": True,
        "sharing": sharing,
        "qr": qr_svg(sharing.qr_url, label=_("QR code de votre lien")),
        "amount": formats.money(story.WELCOME, story.UNIT),
    }
    return show(request, "qr", context)


@require_safe
def qr_download(request: HttpRequest) -> HttpResponse:
    """The QR code as a file."""
    sharing = _sharing(request, story.merchant())
    response = HttpResponse(qr_file(sharing.qr_url), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{sharing.code}.svg"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, **_names: str) -> HttpResponse:
    """What would send or store something leads back to the page, which says that nothing is."""
    return HttpResponseRedirect(reverse("widgets:space"))


@require_safe
@sample_page
def shop(request: HttpRequest) -> HttpResponse:
    """A shop's page, with the launcher that shops load: its script, words and colours."""
    tenant = _tenant(request)
    entry = launcher_entry(
        version=story.rules(now=timezone.now()),
        tenant=tenant,
        space_url=_absolute("widgets:space"),
        rules_url=_absolute("widgets:space_rules"),
    )
    context = {"widget": entry, "show": json.dumps(entry["show"]), "tenant": tenant}
    return render(request, "sample/shop.html", context)


def _tenant(request: HttpRequest) -> Tenant:
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    return tenant


def _sharing(request: HttpRequest, tenant: Tenant) -> Sharing:
    version = story.rules(now=timezone.now())
    url = _absolute("widgets:space")
    return sharing_to(code=story.CODE, tenant=tenant, version=version, link=lambda _channel: url)


def _absolute(name: str) -> str:
    return origin_of_host(settings.PLATFORM_DOMAIN) + reverse(name)
