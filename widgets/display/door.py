"""What other people's pages ask and report: `/w/d1.<hash>.js` and `POST /w/d1`.

Whoever reads a page can send these. A report counts an act and names nobody; one for a widget that
is not there is answered as any other (R33). The exact origin is checked, and no cookie is read.
"""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import RicochetError
from tenants.context import current_tenant
from widgets.display import sightings
from widgets.display.bundle import find
from widgets.script.views import FOR_EVER, open_to_all, serve
from widgets.tracker import limits
from widgets.tracker.body import read_object
from widgets.tracker.problems import (
    MalformedReportError,
    OriginNotAllowedError,
    TooManyReportsError,
    problem,
)
from widgets.tracker.selectors import origin_is_allowed

# Counted apart from orders: a busy page never keeps one of those out.
PER_NETWORK = 120
_FIELDS = {"widget", "what", "path"}


@require_safe
@open_to_all
def script(request: HttpRequest, digest: str) -> HttpResponse:
    """`GET /w/d1.<hash>.js`: one version for ever (R35)."""
    bundle = find(digest)
    if bundle is None:
        raise Http404
    return serve(request, bundle, FOR_EVER)


@csrf_exempt  # no cookie of ours is read: the origin is checked instead
@require_http_methods(["POST"])
def told(request: HttpRequest) -> HttpResponse:
    """`POST /w/d1`: a widget's id, the page's path, and what: `shown`, `opened` or `followed`."""
    origin = request.headers.get("Origin", "")
    if not origin_is_allowed(tenant=current_tenant(), origin=origin):
        response: HttpResponse = problem(
            request, OriginNotAllowedError(_("Ajoutez d’abord ce site dans vos réglages."))
        )
    else:
        response = _taken(request, origin, timezone.now())
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("Origin",))
    return response


def _taken(request: HttpRequest, origin: str, now: datetime) -> HttpResponse:
    verdict = limits.count(name="display", value=limits.caller(request), limit=PER_NETWORK, now=now)
    try:
        if verdict.exceeded:
            raise TooManyReportsError(
                _("Trop d’envois : patientez le temps indiqué par Retry-After.")
            )
        widget, what, path = _read(request)
        sightings.told(widget=widget, what=what, origin=origin, path=path, now=now)
        response: HttpResponse = JsonResponse({"status": "received"}, status=202)
    except RicochetError as error:
        response = problem(request, error)
    for name, value in verdict.headers.items():
        response.headers[name] = value
    return response


def _read(request: HttpRequest) -> tuple[str, str, str]:
    body = read_object(request)
    values = [body.get(name) for name in ("widget", "what", "path")]
    if set(body) != _FIELDS or not all(isinstance(value, str) for value in values):
        raise MalformedReportError(_("Envoyez les champs widget, what et path."))
    widget, what, path = map(str, values)
    if what not in sightings.COUNTED:
        raise MalformedReportError(_("Envoyez les champs widget, what et path."), param="what")
    if not path.startswith("/") or len(path) > 2000 or not path.isprintable():
        raise MalformedReportError(_("Envoyez les champs widget, what et path."), param="path")
    return widget, what, path
