"""Finds the tenant of a request by its host name."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from tenants.lookup import tenant_for_host


class TenantMiddleware:
    """Sets the schema and the URL table for the request's host; an unknown host is a plain 404.

    The connection goes back to the public schema after every request, whatever happened in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            host = request.get_host().rsplit(":", 1)[0].lower().rstrip(".")
        except DisallowedHost:
            return _no_such_place()
        if host == settings.PLATFORM_DOMAIN:
            request.tenant = None
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        tenant = tenant_for_host(host)
        if tenant is None:
            return _no_such_place()
        request.tenant = tenant
        connection.set_tenant(tenant)
        try:
            return self.get_response(request)
        finally:
            connection.set_schema_to_public()


def _no_such_place() -> HttpResponse:
    return HttpResponseNotFound(
        "<!doctype html><meta charset=utf-8><title>404</title>"
        "<p>Il n’y a rien à cette adresse. There is nothing at this address.</p>"
    )
