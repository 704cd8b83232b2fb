"""The documentation: the reference, and the list of errors that `doc_url` leads to."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from api.errors import ERRORS
from api.problems import problem


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """`GET /api/docs`: every address, from the OpenAPI document."""
    return render(request, "api/docs.html")


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """`GET /api/docs/errors`: one line for each code; `#<code>` is its anchor."""
    lines = sorted(ERRORS.items(), key=lambda item: (item[1].status, item[0]))
    return render(request, "api/errors.html", {"lines": lines})


@csrf_exempt  # nothing is read and nothing changes
def nothing_here(request: HttpRequest) -> JsonResponse:
    """Any other address below /api/: a problem, not a page."""
    return problem(request, status=404, code="not_found")
