"""The three addresses that the script posts to.

Whoever reads a shop's page can send these, so they are believed as little as that: what they earn
stays pending until a trusted source confirms it, and a report that was understood gets the same
answer whether its key, email or code exists or not (R33).
"""

import functools
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kernel.errors import InvalidInputError, RicochetError
from tenants.activity import connections
from tenants.activity.models import Source
from tenants.activity.services import record_refusal
from tenants.programme import conductor
from widgets.models import connection_of
from widgets.tracker import limits, parsing, selectors, services
from widgets.tracker.body import read_object
from widgets.tracker.problems import OriginNotAllowedError, TooManyReportsError, problem

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], None]


def _hold(verdict: limits.Verdict) -> None:
    """Raise TooManyReportsError, with the fields that say how long to wait, past a limit."""
    if verdict.exceeded:
        raise TooManyReportsError(
            _("Trop d’envois : patientez le temps indiqué par Retry-After."),
            headers=verdict.headers,
        )


def _received() -> JsonResponse:
    return JsonResponse({"status": "received"}, status=202)


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Access-Control-Allow-Methods"] = "POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Max-Age"] = "600"
    return response


def _explain(request: HttpRequest, error: RicochetError) -> HttpResponse:
    """What the sender can mend or repeat is said; anything else would tell who exists (R33)."""
    if error.retry or isinstance(error, InvalidInputError) or error.status in {400, 403, 429}:
        return problem(request, error)
    logger.info("tracker report refused: %s", error.code)
    return _received()


def _answer(request: HttpRequest, view: View, *, greets: bool) -> HttpResponse:
    verdict = limits.of_network(request, greets=greets, now=timezone.now())
    headers = verdict.headers
    try:
        if verdict.exceeded and not greets:
            _tell_of_flood(now=timezone.now())
        _hold(verdict)
        view(request)
        response: HttpResponse = _received()
    except RicochetError as error:
        response = _explain(request, error)
        headers |= error.facts.get("headers", {})
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _door(view: View, *, greets: bool = False) -> Callable[[HttpRequest], HttpResponse]:
    """Opens `view` to the merchant's own sites, and to nobody else's pages (R35)."""

    @csrf_exempt  # no cookie of ours is read: the origin is checked instead
    @require_http_methods(["POST", "OPTIONS"])
    @functools.wraps(view)
    def door(request: HttpRequest) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        if not selectors.origin_is_allowed(tenant=request.tenant, origin=origin):  # type: ignore[attr-defined]
            response: HttpResponse = problem(
                request, OriginNotAllowedError(_("Ajoutez d’abord ce site dans vos réglages."))
            )
        else:
            response = (
                _preflight()
                if request.method == "OPTIONS"
                else _answer(request, view, greets=greets)
            )
            response.headers["Access-Control-Allow-Origin"] = origin
            # The script waits as long as it is told; unnamed, a browser would hide it from it.
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ("Origin",))
        return response

    return door


def _known(key: str) -> bool:
    """Whether the key is one of ours; counts it first, so that guessing keys is slow too."""
    verdict = limits.count(name="key", value=key, limit=limits.PER_KEY, now=timezone.now())
    _hold(verdict)
    return selectors.key_exists(public_key=key)


@_door
def orders(request: HttpRequest) -> None:
    """`POST /w/orders`: `ricochet('order', …)`."""
    now = timezone.now()
    body = read_object(request)
    fields = parsing.Fields(body)
    key = fields.key()
    known = selectors.key_exists(public_key=key)
    try:
        order = parsing.parse_order(
            fields,
            currency=request.tenant.currency,  # type: ignore[attr-defined]
            now=now,
            device=limits.device(request),
        )
        if known:
            conductor.order_received(order=order, now=now)
            connections.heard(name=connection_of(key), now=now)
    except RicochetError as error:
        if known and not error.retry:
            _remember(body, error, connection_of(key))
        raise


@_door
def accounts(request: HttpRequest) -> None:
    """`POST /w/accounts`: `ricochet('account', …)`."""
    fields = parsing.Fields(read_object(request))
    known = _known(fields.key())
    identity, clues = parsing.parse_account(fields)
    if known:
        now = timezone.now()
        conductor.account_created(
            identity=identity, source=Source.TRACKER, at=now, clues=clues, now=now
        )


@functools.partial(_door, greets=True)
def seen(request: HttpRequest) -> None:
    """`POST /w/seen`: the script is in place."""
    report = parsing.parse_seen(parsing.Fields(read_object(request)))
    if _known(report.key):
        services.site_seen(
            public_key=report.key,
            origin=request.headers["Origin"],
            url=report.url,
            now=timezone.now(),
        )


def _remember(body: dict[str, Any], error: RicochetError, connection: str) -> None:
    """Show the merchant an order that came and could not be taken (SP-23)."""
    external_id = body.get("id")
    record_refusal(
        source=Source.TRACKER,
        external_id=_printable(external_id) if isinstance(external_id, str | int) else "",
        code=error.code,
        param=_printable(error.param or ""),
        now=timezone.now(),
        connection=connection,
    )


def _tell_of_flood(now: datetime) -> None:
    """Once a minute at most: whoever sends too much is told to wait, and may have left by then."""
    if cache.add("tracker:told-of-flood", 1, 60):
        record_refusal(
            source=Source.TRACKER, external_id="", code="too_many_reports", param="", now=now
        )


def _printable(value: str | int) -> str:
    """A sender's text with nothing in it that a database refuses."""
    return "".join(char for char in str(value)[:80] if char.isprintable())
