"""`/r/<code>`: stores the visit, then shows who invites and where the shop is.

Nothing is stored in the visitor's browser (D8): the click's id travels in the shop's address, and
the script on the shop keeps it once the visitor agrees.
"""

import re
import time
import uuid
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.selectors import is_member_with
from accounts.throttles import client_address
from kernel.ids import parse_public_id
from tenants.features import Feature, is_on
from tenants.programme import coupons
from tenants.referrals.codes import normalise
from tenants.referrals.services import record_click
from widgets.links import flood, landing
from widgets.space import sessions
from widgets.tracker import limits

# Messengers look at a link to draw its preview; that is nobody's visit.
_ROBOT = re.compile(r"bot\b|crawl|spider|facebookexternalhit|whatsapp|preview|embed", re.IGNORECASE)
_SHAPE = re.compile(r"[A-Z0-9-]{1,32}\Z")
# R32: so many unknown codes from one address in a minute, then nothing is told for a while.
MISSES_A_MINUTE = 20
_blocked: dict[str, float] = {}
_BLOCKED_LIMIT = 5_000

View = Callable[[HttpRequest, str], HttpResponse]


def _door(view: View) -> View:
    """Refuses addresses that try codes out, and keeps every answer out of caches."""

    @require_safe
    @wraps(view)
    def door(request: HttpRequest, code: str) -> HttpResponse:
        wait = _blocked_for(request) if _blocked else 0
        response = _nothing_here(request, wait) if wait else view(request, code)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return door


@_door
def link(request: HttpRequest, code: str) -> HttpResponse:
    """The landing page, with the click's id in its button."""
    found = _visit(request, code)
    if found is None:
        return _missed(request)
    if not is_on(Feature.REFERRAL):
        return _switched_off(request)
    page, click = found
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
    invitation = parse_public_id("inv", request.GET.get("i", ""))
    coupon = coupons.of_invitation(invitation_id=invitation, code=page.code) if invitation else None
    return HttpResponse(page.body(nonce=nonce, click=click, coupon=coupon))


@_door
def go(request: HttpRequest, code: str) -> HttpResponse:
    """Straight to the shop, for links on paper and for merchants who want no page between."""
    found = _visit(request, code)
    if found is None:
        return _missed(request)
    if not is_on(Feature.REFERRAL):
        return _switched_off(request)
    page, click = found
    target = page.shop(click=click)
    if not target:
        nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
        return HttpResponse(page.body(nonce=nonce, click=click))
    return HttpResponseRedirect(target)


def _visit(request: HttpRequest, code: str) -> tuple[landing.Page, str] | None:
    """Store the visit: its page and the click's id, or None for an unknown code."""
    code = normalise(code)
    if not _SHAPE.match(code):
        return None
    tenant = request.tenant  # type: ignore[attr-defined]
    uncounted = _is_machine(request, code) or _is_member(request)
    click = None if uncounted else _store(request, code)
    if click is None and not uncounted:
        return None
    page = landing.page_for(code=code, tenant=tenant)
    return None if page is None else (page, str(click or ""))


def _is_machine(request: HttpRequest, code: str) -> bool:
    """A preview, a page fetched ahead that nobody may ever open, or more than people click."""
    return bool(
        request.method == "HEAD"
        or _ROBOT.search(request.headers.get("User-Agent", ""))
        or "prefetch" in request.headers.get("Sec-Purpose", "")
        or flood.is_flood(host=request.get_host(), caller=client_address(request), code=code)
    )


def _is_member(request: HttpRequest) -> bool:
    """Whether somebody of this merchant's team looks at their own link: nobody's visit.

    Only the cookie that a log-in to the back office set tells it; nobody else is asked. These
    addresses have no session of their own: the row is looked for.
    """
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    tenant = request.tenant  # type: ignore[attr-defined]
    now = timezone.now()
    return bool(key) and is_member_with(session_key=key, tenant_id=tenant.id, now=now)


def _store(request: HttpRequest, code: str) -> uuid.UUID | None:
    now = timezone.now()
    token = sessions.token_in(request)
    session = sessions.session_of(token=token, now=now) if token else None
    return record_click(
        code=code,
        channel=request.GET.get("s", ""),
        now=now,
        invitation_id=parse_public_id("inv", request.GET.get("i", "")),
        # SP-18: whoever opens their own link in the browser that holds their cagnotte.
        visitor_id=session.profile_id if session is not None else None,
    )


def _missed(request: HttpRequest) -> HttpResponse:
    """An unknown code: counted for its address. Without the cache nothing is counted."""
    caller = limits.caller(request)
    verdict = limits.count(name="link", value=caller, limit=MISSES_A_MINUTE, now=timezone.now())
    if verdict.exceeded:
        if len(_blocked) >= _BLOCKED_LIMIT:
            _blocked.clear()
        # Kept in this process, so that a good link costs no question to the cache.
        _blocked[f"{request.get_host()}:{caller}"] = time.monotonic() + verdict.reset
        return _nothing_here(request, verdict.reset)
    return _nothing_here(request, 0)


def _nothing_here(request: HttpRequest, wait: int) -> HttpResponse:
    """The same page whether a code is unknown or not told (R32)."""
    html = landing.unknown(
        tenant=request.tenant,  # type: ignore[attr-defined]
        nonce=str(request.csp_nonce),  # type: ignore[attr-defined]
    )
    response = HttpResponse(html, status=429 if wait else 404)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _switched_off(request: HttpRequest) -> HttpResponse:
    """Nobody is referred now: the visit was stored as any other, and nothing is promised."""
    html = landing.switched_off(
        tenant=request.tenant,  # type: ignore[attr-defined]
        nonce=str(request.csp_nonce),  # type: ignore[attr-defined]
    )
    return HttpResponse(html, status=404)


def _blocked_for(request: HttpRequest) -> int:
    key = f"{request.get_host()}:{limits.caller(request)}"
    left = _blocked.get(key, 0.0) - time.monotonic()
    if left <= 0:
        _blocked.pop(key, None)
        return 0
    return max(1, int(left))
