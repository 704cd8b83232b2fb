"""How a page of the public site is shown: its addresses in both languages, and its card."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.links import origin_of


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in one language."""

    language: str
    name: str
    path: str
    current: bool

    @property
    def url(self) -> str:
        """The whole address, from what is configured and never from a request (R30)."""
        return origin() + self.path


def origin() -> str:
    """The platform's own origin."""
    return origin_of(settings.PLATFORM_DOMAIN)


def alternates(name: str, **arguments: Any) -> list[Alternate]:
    """A named page in every language, French first."""
    now, found = get_language(), []
    for code, label in settings.LANGUAGES:
        with override(code):
            path = reverse(name, urlconf=settings.PUBLIC_SCHEMA_URLCONF, kwargs=arguments)
        found.append(Alternate(code, label, path, code == now))
    return found


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render one of `templates/signup/`, with what its head and its language switch need."""
    match = request.resolver_match
    assert match is not None  # noqa: S101 - every view has one
    found = alternates(match.view_name, **match.kwargs)
    frame = {
        "alternates": found,
        "canonical": next((one.url for one in found if one.current), found[0].url),
        "origin": origin(),
        "here": match.url_name,
        "domain": settings.PLATFORM_DOMAIN,
    }
    return render(request, f"signup/{template}.html", {**frame, **(context or {})}, status=status)


def in_their_language(request: HttpRequest, name: str) -> str:
    """The address of a page in the browser's language, for whoever comes from elsewhere, or "".

    The address says the language, and within the site it is what somebody chose: nothing is stored
    in a browser, so a visit that goes on is known by where the request came from. Who names no
    language (a search engine) stays where it asked to be.
    """
    came_from = request.headers.get("Sec-Fetch-Site") or (
        "same-origin" if request.headers.get("Referer", "").startswith(f"{origin()}/") else ""
    )
    asked = request.headers.get("Accept-Language", "")
    if came_from == "same-origin" or not asked:
        return ""
    known = dict(settings.LANGUAGES)
    for code, _weight in parse_accept_lang_header(asked):
        language = code.split("-")[0]
        if language in known:
            found = next(one for one in alternates(name) if one.language == language)
            return "" if found.current or not _is_default() else found.path
    return ""


def _is_default() -> bool:
    """Whether the address names no language: one that does was meant."""
    return get_language() == settings.LANGUAGE_CODE


def following_the_browser(response: HttpResponse) -> HttpResponse:
    """No cache answers one browser with what another one asked for."""
    patch_vary_headers(response, ["Accept-Language", "Sec-Fetch-Site", "Referer"])
    return response
