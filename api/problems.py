"""Refusals as RFC 9457 `application/problem+json`: D5, ux.md.

Members: type and doc_url (the line of the documentation), title, status, detail, code, param (a
path such as `customer.email`), request_id, retry.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from psycopg import OperationalError as DriverError
from rest_framework import exceptions

from api.errors import ERRORS
from kernel.errors import ConflictError, InvalidInputError, RicochetError

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_RETRY_SECONDS = {"temporarily_unavailable": 2, "idempotency_in_progress": 1}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is said of an exception."""

    status: int
    code: str
    detail: str = ""
    param: str | None = None
    retry: bool = False


_KNOWN: tuple[tuple[tuple[type[Exception], ...], _Seen], ...] = (
    ((Http404, exceptions.NotFound), _Seen(404, "not_found")),
    ((exceptions.MethodNotAllowed,), _Seen(405, "method_not_allowed")),
    ((exceptions.NotAuthenticated,), _Seen(401, "missing_key")),
    ((PermissionDenied, exceptions.PermissionDenied), _Seen(403, "scope_missing")),
    # The database is away, full, or too slow. Whether the COMMIT arrived is not known here: the
    # idempotency key settles it (R9).
    (
        (OperationalError, InterfaceError, DriverError),
        _Seen(503, "temporarily_unavailable", retry=True),
    ),
)


class ParameterError(InvalidInputError):
    """A parameter of the address cannot be used."""

    code = "invalid_parameter"


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's hook: every exception of the API as a problem; never a trace."""
    request: HttpRequest = context["request"]._request
    seen = _read(exc)
    if seen.status >= 500:
        # The type only where the database is away: it says nothing new a thousand times.
        logger.error(
            "api request %s failed: %s",
            getattr(request, "request_id", ""),
            type(exc).__name__,
            exc_info=exc if seen.status == 500 else None,
        )
    response = problem(
        request,
        status=seen.status,
        code=seen.code,
        detail=seen.detail,
        param=seen.param,
        retry=seen.retry,
    )
    if seen.status == 401:
        response.headers["WWW-Authenticate"] = f'Bearer realm="api", error="{seen.code}"'
    for name, value in getattr(exc, "headers", {}).items():
        response.headers[name] = value
    return response


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    detail: str = "",
    param: str | None = None,
    retry: bool = False,
) -> JsonResponse:
    """The answer that explains a refusal; `detail` is the table's sentence where none is given."""
    entry = ERRORS.get(code)
    title = str(entry.title) if entry else _("La requête a été refusée.")
    doc_url = f"{settings.PLATFORM_SCHEME}://{request.get_host()}/api/docs/errors#{code}"
    body: dict[str, Any] = {
        "type": doc_url,
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "doc_url": doc_url,
        "request_id": getattr(request, "request_id", ""),
        "retry": retry,
    }
    if param:
        body["param"] = param
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if retry and code in _RETRY_SECONDS:
        response.headers["Retry-After"] = str(_RETRY_SECONDS[code])
    return response


def _read(exc: Exception) -> _Seen:
    if isinstance(exc, RicochetError):
        return _Seen(int(exc.status), exc.code, _sentence(exc), exc.param, exc.retry)
    if isinstance(exc, exceptions.ValidationError):
        param, detail = _first(exc.detail)
        return _Seen(400, InvalidInputError.code, detail, param)
    for kinds, seen in _KNOWN:
        if isinstance(exc, kinds):
            return seen
    if isinstance(exc, exceptions.APIException):
        conflict = exc.status_code == ConflictError.status
        code = ConflictError.code if conflict else InvalidInputError.code
        return _Seen(exc.status_code, code, str(exc.detail))
    return _Seen(500, "internal_error", retry=True)


def _sentence(error: RicochetError) -> str:
    """The error's own words, unless they are only the first line of its docstring."""
    default = (type(error).__doc__ or "").strip().splitlines()[:1]
    return "" if [error.message] == default and error.code in ERRORS else str(error.message)


def _first(detail: Any, path: str = "") -> tuple[str | None, str]:
    """The first message in DRF's nested errors, with the path that leads to it."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            return _first(inner, here)
    if isinstance(detail, list):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            return _first(inner, f"{path}.{position}" if nested and path else path)
        return path or None, ""
    return path or None, str(detail)
