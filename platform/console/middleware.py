"""Nothing at the console's address is open but the way in; every answer is guarded here."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from console.access import here, operator_of

# What anybody may open: the way in, and what a load balancer asks.
OPEN = frozenset(
    {
        "healthz",
        "account_login",
        "account_second_factor",
        "console_begin",
        "console_language",
        "console_theme",
    }
)


class ConsoleMiddleware:
    """On the console's host, leads whoever is no operator to the log-in page.

    A page that is forgotten in a list of rights is closed this way, not open. `request.operator`
    is the operator on every page that is not OPEN.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if here(request):
            # No copy stays behind in a browser or a proxy, and no address of ours leaks.
            response["Cache-Control"] = "no-store, private"
            response["Referrer-Policy"] = "same-origin"
            if getattr(request, "operator", None) is not None:
                response._csp_config = settings.CONSOLE_CSP  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if not here(request) or match is None or match.view_name in OPEN:
            return None
        operator = operator_of(request)
        if operator is not None:
            request.operator = operator  # type: ignore[attr-defined]
            return None
        target = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
