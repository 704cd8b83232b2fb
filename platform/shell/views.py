"""The shell's own pages: theme and language, the palette's search, the components."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from shell import search as finder
from shell.context import THEME_COOKIE, THEMES

_YEAR = 365 * 86_400


def _back(request: HttpRequest) -> HttpResponse:
    """Where the form says, when that is on this very host; else the first page."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "/")


def _remember(request: HttpRequest, field: str, value: str) -> None:
    """Keep a preference on the person who is logged in, where the model has such a field."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated and hasattr(user, field):
        setattr(user, field, value)
        user.save(update_fields=[field])


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set `system`, `light` or `dark` for this person and this browser."""
    value = request.POST.get("theme", "")
    if value not in THEMES:
        value = "system"
    _remember(request, "theme", value)
    wants_page = request.headers.get("X-Requested-With") != "fetch"
    response = _back(request) if wants_page else HttpResponse(status=204)
    response.set_cookie(
        THEME_COOKIE, value, max_age=_YEAR, secure=True, httponly=True, samesite="Lax"
    )
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Set the reader's language for this person and this browser."""
    value = request.POST.get("language", "")
    if value not in dict(settings.LANGUAGES):
        value = settings.LANGUAGE_CODE
    _remember(request, "language", value)
    translation.activate(value)
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, value, max_age=_YEAR, secure=True, samesite="Lax"
    )
    return response


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The palette's answers: a fragment for our script, a page for a browser without it."""
    query = request.GET.get("q", "").strip()[:100]
    fragment = request.headers.get("X-Requested-With") == "fetch"
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        raise Http404
    context = {"query": query, "hits": finder.find(request, query)}
    return render(request, "shell/search_hits.html" if fragment else "shell/search.html", context)
