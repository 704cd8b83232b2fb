"""What the pages of accounts have in common."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
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
