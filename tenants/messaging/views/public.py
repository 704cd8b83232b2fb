"""What emails lead to: the logo that they show, and the links whose clicks count."""

import base64
import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenants.context import current_tenant
from tenants.messaging.clicking import clicked
from tenants.messaging.models import EmailLook
from tenants.messaging.opening import opened as note_opened

# One transparent point.
_POINT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
# Programs that open links to look at them are no readers.
_ROBOT = re.compile(r"bot\b|crawl|spider|preview|scanner|safelinks|proofpoint", re.IGNORECASE)


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo of this merchant's emails, under an address that changes with it."""
    row = EmailLook.objects.filter(logo_digest=digest).exclude(logo_digest="").first()
    if row is None or row.logo is None:
        raise Http404
    response = HttpResponse(bytes(row.logo), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # Mail programs on the web show it from their own address.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@never_cache
@require_safe
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Count a click and lead on, to where the merchant said and nowhere else (R31)."""
    agent = request.headers.get("User-Agent", "")
    person = request.method == "GET" and not _ROBOT.search(agent)
    target = clicked(token=token, tenant=current_tenant(), now=timezone.now(), count=person)
    if target is None:
        raise Http404
    response = HttpResponseRedirect(target)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Note that an email was opened, of a reader who lets us know; a point, whatever the token.

    No cookie is set or read.
    """
    agent = request.headers.get("User-Agent", "")
    if request.method == "GET" and not _ROBOT.search(agent):
        note_opened(token=token, now=timezone.now())
    response = HttpResponse(_POINT, content_type="image/gif")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
