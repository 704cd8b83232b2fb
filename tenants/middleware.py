"""Finds the tenant of a request by its host name."""

from collections.abc import Callable, Iterable, Iterator
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, StreamingHttpResponse
from django.utils import timezone

from accounts.places import CONSOLE
from tenants.context import enter
from tenants.database.current import this_connection
from tenants.lookup import tenant_for_host
from tenants.models import Tenant


class TenantMiddleware:
    """Sets the schema, the URL table and the clock for the request's host; an unknown one is 404.

    Days on every page are the merchant's days (R11), whatever zone the server is in.

    `request.tenant` is the Tenant, or None on the platform's own host and the operator's. The
    connection goes back to the public schema after every request, whatever happened in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection = this_connection()
        connection.set_schema_to_public()
        try:
            host = request.get_host().rsplit(":", 1)[0].lower().rstrip(".")
        except DisallowedHost:
            return _no_such_place()
        ours = host in (settings.PLATFORM_DOMAIN, settings.CONSOLE_HOST)
        tenant = None if ours else tenant_for_host(host)
        request.tenant = tenant  # type: ignore[attr-defined]
        if tenant is not None:
            connection.set_tenant(tenant)
            if tenant.partner_only:
                # What is not a limited partner's does not exist on its address: pages and API.
                request.urlconf = settings.PARTNER_URLCONF
        elif host == settings.PLATFORM_DOMAIN:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        elif host == settings.CONSOLE_HOST:
            request.urlconf = settings.CONSOLE_URLCONF
            request.place = str(CONSOLE)  # type: ignore[attr-defined]
        else:
            return _no_such_place()
        try:
            with timezone.override(tenant.zone if tenant else None):
                response = self.get_response(request)
        finally:
            connection.set_schema_to_public()
        if tenant is not None and response.streaming:
            _stream_inside(cast(StreamingHttpResponse, response), tenant)
        return response


def _stream_inside(response: StreamingHttpResponse, tenant: Tenant) -> None:
    """A streamed page is written after this middleware: every piece of it is made inside."""

    def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
        iterator = iter(chunks)
        while True:
            with enter(tenant), timezone.override(tenant.zone):
                chunk = next(iterator, None)
            if chunk is None:
                return
            yield chunk

    response.streaming_content = pieces(cast(Iterable[bytes], response.streaming_content))


def _no_such_place() -> HttpResponse:
    return HttpResponseNotFound(
        "<!doctype html><meta charset=utf-8><title>404</title>"
        "<p>Il n’y a rien à cette adresse. There is nothing at this address.</p>"
    )
