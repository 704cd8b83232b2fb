"""Tells the shop's script what to show, and serves the script of each kind of widget."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from tenants.context import current_tenant
from widgets.display import selectors as display
from widgets.display import sightings
from widgets.script.views import FOR_EVER, open_to_all, serve
from widgets.shown.bundle import find
from widgets.shown.selectors import shown
from widgets.tracker.selectors import origin_is_allowed

# What the merchant switches shows within minutes, and a busy shop asks once for each page.
_SHORT = "public, max-age=300, stale-if-error=86400"
# A page of the merchant's own follows a pause within a minute.
_OWN = "private, max-age=60, stale-if-error=86400"
_MOST_SPOTS = 20


@require_safe
def widgets(request: HttpRequest) -> JsonResponse:
    """`GET /w/widgets.json?p=<path>&i=<spots>`: what is on, with the script and words of each.

    Widgets for operations are for pages of an allowed origin only, which the answer then names.
    """
    tenant, now = current_tenant(), timezone.now()
    found = shown(tenant=tenant, now=now)
    origin = request.headers.get("Origin", "")
    allowed = bool(origin) and origin_is_allowed(tenant=tenant, origin=origin)
    if allowed:
        found += _for_operations(request, origin, now)
    elif origin:
        sightings.refused(origin=origin, path=request.GET.get("p", ""), now=now)
    response = JsonResponse({"widgets": found})
    response.headers["Access-Control-Allow-Origin"] = origin if allowed else "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = _OWN if allowed else _SHORT
    patch_vary_headers(response, ("Origin",))
    return response


def _for_operations(request: HttpRequest, origin: str, now: datetime) -> list[dict[str, Any]]:
    path = request.GET.get("p", "")
    if not path.startswith("/"):
        return []  # a version of the script that does not say where it stands
    spots = request.GET.get("i", "")[:800].split(",")[:_MOST_SPOTS]
    entries, outcomes = display.asked_for(tenant=current_tenant(), path=path, spots=spots, now=now)
    sightings.noted(outcomes=outcomes, origin=origin, path=path, now=now)
    return entries


@require_safe
@open_to_all
def script(request: HttpRequest, kind: str, digest: str) -> HttpResponse:
    """`GET /w/<kind>.<hash>.js`: one version for ever (R35)."""
    bundle = find(kind=kind, digest=digest)
    if bundle is None:
        raise Http404
    return serve(request, bundle, FOR_EVER)
