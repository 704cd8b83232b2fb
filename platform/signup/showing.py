"""How a page of the public site is shown: its addresses in both languages, and its card."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override

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
