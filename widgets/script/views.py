"""Serves the script to shops: a short-lived address, immutable ones, and a word on both."""

import functools
from collections.abc import Callable

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from widgets.script.bundle import Bundle, current, find

# Shops that do not pin a version have the next one within minutes, and go on when we are away.
_SHORT = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
FOR_EVER = "public, max-age=31536000, immutable"


def open_to_all(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Any site may load what `view` answers, also with SRI and cross-origin isolation."""

    @functools.wraps(view)
    def opened(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        response = view(request, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return opened


def accepted_encodings(header: str) -> set[str]:
    """The codings of an Accept-Encoding header that are not refused with `q=0`."""
    accepted = set()
    for entry in header.lower().split(","):
        coding, _, parameters = entry.partition(";")
        quality = parameters.replace(" ", "")
        if not (quality.startswith("q=0") and not quality[3:].strip(".0")):
            accepted.add(coding.strip())
    return accepted


def serve(request: HttpRequest, bundle: Bundle, cache_control: str) -> HttpResponse:
    """A script, compressed as the browser likes it; nothing where it has this version already."""
    accepted = accepted_encodings(request.headers.get("Accept-Encoding", ""))
    # Django's conditional middleware is not in use: three lines spare a download.
    etag = f'W/"{bundle.digest}"'
    response: HttpResponse
    if etag in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
        response = HttpResponseNotModified()
    else:
        coding, body = "", bundle.body
        if "br" in accepted:
            coding, body = "br", bundle.brotli
        elif "gzip" in accepted:
            coding, body = "gzip", bundle.gzip
        response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
        if coding:
            response.headers["Content-Encoding"] = coding
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = cache_control
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


@require_safe
@open_to_all
def latest(request: HttpRequest) -> HttpResponse:
    """`GET /w/v1.js`: the present version, for shops that do not pin one."""
    return serve(request, current(), _SHORT)


@require_safe
@open_to_all
def pinned(request: HttpRequest, digest: str) -> HttpResponse:
    """`GET /w/v1.<hash>.js`: one version for ever (R35); 404 for a hash that never was ours."""
    bundle = find(digest)
    if bundle is None:
        raise Http404
    return serve(request, bundle, FOR_EVER)


@require_safe
@open_to_all
def manifest(request: HttpRequest) -> JsonResponse:
    """`GET /w/v1.json`: `src` and `integrity` to pin, `latest` to follow, as absolute addresses."""
    bundle = current()
    base = f"{settings.PLATFORM_SCHEME}://{request.get_host()}"
    response = JsonResponse(
        {
            "src": base + reverse("widgets:pinned", kwargs={"digest": bundle.digest}),
            "latest": base + reverse("widgets:latest"),
            "integrity": bundle.integrity,
        }
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
