"""Gives every request an id, so that what a person saw can be found in the logs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kernel.ids import public_id, uuid7


class RequestIdMiddleware:
    """Sets `request.request_id` and answers it as `X-Request-Id`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = public_id("req", uuid7())  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("X-Request-Id", request.request_id)  # type: ignore[attr-defined]
        return response
