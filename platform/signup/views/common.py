"""What the pages of signing up share."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from accounts.throttles import ThrottledError
from kernel.errors import RicochetError
from signup.addresses import look_at
from signup.showing import show
from tenants.provisioning.services import SlugTakenError
from tenants.provisioning.slugs import InvalidSlugError, ReservedSlugError

_ABOUT_ADDRESS = (SlugTakenError, InvalidSlugError, ReservedSlugError)


def sign_up_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render one of `templates/signup/`; never kept by a browser or a proxy, and not to be found
    (the address may hold a token, which no link of the page passes on)."""
    response = show(request, template, {"unlisted": True, **context}, status=status)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    return response


def say(form: forms.Form, error: RicochetError, *, name: str) -> None:
    """Put a refusal where it belongs, in words that say what to do."""
    if isinstance(error, _ABOUT_ADDRESS):
        looked = look_at(str(form.cleaned_data.get("slug", "")), name=name)
        form.add_error("slug", looked.words or str(error))
        return
    field = error.param if error.param in form.fields else None
    for sentence in getattr(error, "sentences", None) or [str(error)]:
        form.add_error(field, sentence)


def closed(request: HttpRequest, error: ThrottledError) -> HttpResponse:
    """429: too many in a short time; the same page whatever was typed."""
    minutes = max(1, -(-error.retry_after // 60))
    response = sign_up_page(request, "closed", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response
