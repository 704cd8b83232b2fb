"""Gives every request an id, and takes the busiest ones straight to their view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, get_resolver

from kernel.ids import public_id, uuid7
from shell.errors import ErrorPagesMiddleware

Handler = Callable[[HttpRequest], HttpResponse]

# Programs with keys, and visits through shared links: neither has a session, a log-in, a form
# of ours or a message to show.
_STRAIGHT = ("/api/v1/", "/r/")


class RequestIdMiddleware:
    """Sets `request.request_id` and answers it as `X-Request-Id`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = public_id("req", uuid7())  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("X-Request-Id", request.request_id)  # type: ignore[attr-defined]
        return response


class StraightMiddleware:
    """Spares addresses that no person logs in to the middleware that follows in the list.

    What stands before it holds for every request: the tenant, the security headers, the language.
    Errors are shown as everywhere. An address that leads nowhere goes the long way.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._pages = ErrorPagesMiddleware(_view)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_STRAIGHT):
            return self.get_response(request)
        try:
            resolver = get_resolver(getattr(request, "urlconf", None))
            request.resolver_match = resolver.resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        try:
            return self._pages(request)
        except Exception as error:
            answer = self._pages.process_exception(request, error)
            if answer is None:
                raise
            return answer


def _view(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    assert match is not None  # noqa: S101 - set by the caller
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if isinstance(response, SimpleTemplateResponse):
        # Django's handler renders what a view leaves to be rendered; here nobody else does.
        response.render()
    return response
