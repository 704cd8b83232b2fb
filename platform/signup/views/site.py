"""The pages of the public site, and what search engines read of it."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from billing.plans import TRIAL
from signup import texts
from signup.showing import alternates, following_the_browser, in_their_language, origin, show

# What is worth finding, in the order of its weight.
LISTED = (
    "home",
    "signup:features",
    "signup:pricing",
    "signup:notice",
    "signup:terms",
    "signup:privacy",
    "signup:processing",
)
_DAY = "public, max-age=86400"


@csp_update({"frame-src": [SELF]})
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is for, in ten seconds; then a cagnotte and a widget to try.

    Whoever comes from elsewhere reads it in their browser's language.
    """
    elsewhere = in_their_language(request, "home")
    if elsewhere:
        return following_the_browser(HttpResponseRedirect(elsewhere))
    return following_the_browser(show(request, "home", {"trial_days": TRIAL.days}))


@require_safe
def features(request: HttpRequest) -> HttpResponse:
    """What it does, part by part."""
    return show(request, "features", {"trial_days": TRIAL.days})


@require_safe
def terms(request: HttpRequest, version: str = texts.LATEST) -> HttpResponse:
    """The terms in force, or those of a version that somebody accepted."""
    try:
        text = texts.terms(version)
    except texts.UnknownTextError as error:
        raise Http404 from error
    return show(request, "text", {"text": text, "latest": texts.LATEST})


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Who publishes and hosts this site."""
    return show(request, "text", {"text": texts.page("notice")})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whoever visits or subscribes."""
    return show(request, "text", {"text": texts.page("privacy")})


@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """What Ricochet does with a merchant's data as its processor (GDPR art. 28)."""
    return show(request, "text", {"text": texts.page("processing")})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """`GET /sitemap.xml`: each page, with its address in the other language."""
    pages = [alternates(name) for name in LISTED]
    response = render(
        request, "signup/sitemap.xml", {"pages": pages}, content_type="application/xml"
    )
    response.headers["Cache-Control"] = _DAY
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`GET /robots.txt`: the site is open, its sample and its forms are nothing to find."""
    sitemap_url = origin() + reverse("sitemap", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    lines = ["User-agent: *", "Disallow: /exemple/", "Disallow: /en/exemple/", ""]
    lines.append(f"Sitemap: {sitemap_url}")
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = _DAY
    return response
