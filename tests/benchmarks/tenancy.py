"""What tenancy adds to a request: the same view with and without it, in one process.

With it: the tenant middleware, the host's look-up, and our database backend, which sets the schema.
Without it: Django's own backend with the same pool, and no middleware. The view asks the
database one question, as any view does at least.
"""

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.benchmarks.results import Row

_PLAIN = "plain"


def _view(request: HttpRequest, alias: str) -> HttpResponse:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HttpResponse(b"ok")


urlpatterns = [path("<str:alias>", _view)]


def measure(*, host: str, rounds: int) -> list[Row]:
    """Requests with and without, one after the other; the median of the differences."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connections
    from django.test import override_settings

    _add_plain_connection()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        without = WSGIHandler()
    middleware = ["tenants.middleware.TenantMiddleware"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=middleware):
        within = WSGIHandler()
        with_it, without_it = [], []
        for number in range(rounds + 50):
            ours = _seconds(within, host, "default")
            theirs = _seconds(without, host, _PLAIN)
            if number >= 50:  # the first ones fill caches
                with_it.append(ours)
                without_it.append(theirs)
    connections[_PLAIN].close_pool()
    pairs = zip(with_it, without_it, strict=True)
    added = statistics.median(ours - theirs for ours, theirs in pairs)
    ours, theirs = statistics.median(with_it), statistics.median(without_it)
    return [
        Row(
            what="One request through the tenancy layer (reference: the same view without)",
            ours=f"{ours * 1000:.2f} ms",
            reference=f"{theirs * 1000:.2f} ms",
            ratio=f"+ {added * 1000:.2f} ms",
            aim="+ 0.3 ms",
            reached=added <= 0.0003,
        )
    ]


def _add_plain_connection() -> None:
    """The same database through Django's own backend, with a pool of the same size."""
    from django.db import connections

    settings = dict(connections.settings["default"])
    settings["ENGINE"] = "django.db.backends.postgresql"
    settings["OPTIONS"] = dict(settings["OPTIONS"])
    connections.settings[_PLAIN] = settings


def _seconds(handler: Callable[..., Any], host: str, alias: str) -> float:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": f"/{alias}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": host,
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    started = time.perf_counter()
    response = handler(environ, lambda _status, _headers: None)
    body = b"".join(response)
    response.close()
    seconds = time.perf_counter() - started
    assert body == b"ok", body
    return seconds
