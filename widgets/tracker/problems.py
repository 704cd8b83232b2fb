"""Refusals as RFC 9457 `application/problem+json`."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse

from kernel.errors import InvalidInputError, RicochetError


class MalformedReportError(InvalidInputError):
    """The report cannot be read."""

    code = "malformed_report"


class OriginNotAllowedError(RicochetError):
    """This site may not report here: add it to the merchant's sites first."""

    code = "origin_not_allowed"
    status = 403


class TooManyReportsError(RicochetError):
    """Too many reports in a minute: wait for the time in Retry-After."""

    code = "too_many_reports"
    status = 429
    retry = True


def problem(request: HttpRequest, error: RicochetError) -> JsonResponse:
    """The answer that explains `error`: its code, its sentence, and the field it is about."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.message,
        "request_id": getattr(request, "request_id", ""),
    }
    if error.param:
        body["param"] = error.param
    return JsonResponse(body, status=error.status, content_type="application/problem+json")
