"""Tells the shop's script what to show, and serves the script of each kind of widget."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tenants.context import current_tenant
from widgets.script.views import FOR_EVER, open_to_all, serve
from widgets.shown.bundle import find
from widgets.shown.selectors import shown

# What the merchant switches shows within minutes, and a busy shop asks once for each visit.
_SHORT = "public, max-age=300, stale-if-error=86400"


@require_safe
@open_to_all
def widgets(request: HttpRequest) -> JsonResponse:
    """`GET /w/widgets.json`: what is on, with the script and the words of each."""
    found = shown(tenant=current_tenant(), now=timezone.now())
    response = JsonResponse({"widgets": found})
    response.headers["Cache-Control"] = _SHORT
    return response


@require_safe
@open_to_all
def script(request: HttpRequest, kind: str, digest: str) -> HttpResponse:
    """`GET /w/<kind>.<hash>.js`: one version for ever (R35)."""
    bundle = find(kind=kind, digest=digest)
    if bundle is None:
        raise Http404
    return serve(request, bundle, FOR_EVER)
