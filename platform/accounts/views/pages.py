"""What the pages of accounts have in common."""

from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from accounts.models import User
from accounts.services.second_factor import address_of
from accounts.throttles import ThrottledError


def page(request: HttpRequest, name: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render `accounts/<name>.html`; never kept by a browser or a proxy."""
    response = render(request, f"accounts/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    # These addresses may hold a token: no link or picture on the page tells it to anyone.
    response["Referrer-Policy"] = "same-origin"
    return response


def form_status(form: forms.BaseForm) -> int:
    """422 for a form that was sent and cannot be taken as it is, else 200."""
    return 422 if form.is_bound and form.errors else 200


def person(request: HttpRequest) -> User:
    """The user who is logged in, behind `member_required`."""
    user: User = request.membership.user  # type: ignore[attr-defined]
    return user


def enrolment(user: User, secret: str) -> dict[str, str]:
    """What `accounts/secret.html` shows: a new second factor's secret, as text and as a QR code."""
    svg = segno.make(address_of(user, secret), error="m").svg_inline(
        scale=4, border=4, dark="#17211F", light="#FFFFFF", svgclass="qr", lineclass=None
    )
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    # Segno's own output, and nothing typed.
    return {"secret": grouped, "qr_code": mark_safe(svg)}  # noqa: S308


def throttled(request: HttpRequest, *, retry_after: int) -> HttpResponse:
    """429: too many tries; the same page whatever was tried."""
    minutes = max(1, -(-retry_after // 60))
    response = page(request, "throttled", status=429, minutes=minutes)
    response["Retry-After"] = str(retry_after)
    return response


def too_often(request: HttpRequest, error: ThrottledError) -> HttpResponse:
    """The answer to a ThrottledError."""
    return throttled(request, retry_after=error.retry_after)


def link_over(request: HttpRequest) -> HttpResponse:
    """410: the link was used, is too old, or never led anywhere here."""
    return page(request, "link_over", status=410)
