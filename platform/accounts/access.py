"""Who may open a page: the guards that views on a tenant's host wear."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import Membership, Role

View = Callable[..., HttpResponseBase]


def member_required(*, role: Role = Role.VIEWER) -> Callable[[View], View]:
    """Let members of the request's tenant in whose role covers `role`.

    Sets `request.membership`. Others are led to the log-in page and back; a role that is too low
    is a 403; on the platform's own host there is nothing to be a member of: 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if getattr(request, "tenant", None) is None:
                raise Http404
            membership = current_membership(request)
            if membership is None:
                return to_log_in(request)
            request.membership = membership  # type: ignore[attr-defined]
            if not Role(membership.role).covers(role):
                raise PermissionDenied(
                    _("Votre rôle, %(role)s, ne permet pas d’ouvrir cette page.")
                    % {"role": membership.get_role_display()}
                )
            response = view(request, *args, **kwargs)
            # Whoever comes back to a page by the browser's button finds what is true by now, and
            # finds nothing after having logged out.
            response.headers.setdefault("Cache-Control", "no-store, private")
            return response

        guarded.for_members = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def has_role(request: HttpRequest, role: Role) -> bool:
    """Whether the person of this request may do what `role` may, on its tenant.

    On a page that is only read (`request.read_only`) everybody is a viewer.
    """
    membership = current_membership(request)
    if membership is None:
        return False
    read_only = getattr(request, "read_only", False)
    return (Role.VIEWER if read_only else Role(membership.role)).covers(role)


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership of the person who is logged in, read at most once per request."""
    if hasattr(request, "membership"):
        known: Membership | None = request.membership
        return known
    tenant = getattr(request, "tenant", None)
    if tenant is None or not request.user.is_authenticated:
        return None
    membership = (
        Membership.objects.select_related("user")
        .filter(user_id=request.user.pk, tenant_id=tenant.id)
        .first()
    )
    request.membership = membership  # type: ignore[attr-defined]
    return membership


def to_log_in(request: HttpRequest) -> HttpResponse:
    """Lead to the log-in page, and from there back to the page the person was on."""
    target = f"{reverse('account_login')}?{urlencode({'next': _page_of(request)})}"
    if request.headers.get("HX-Request"):
        # htmx would put the log-in page into a corner of this one.
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where `next` leads when it stays on this host (R31), else `fallback`."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    # A path of our own, never an address: "//host" and "\\host" are addresses to a browser.
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return fallback


def _page_of(request: HttpRequest) -> str:
    """The path of the page in the address bar: an htmx call or a POST was made from it."""
    if request.headers.get("HX-Request"):
        page = request.headers.get("HX-Current-URL", "/")
    elif request.method in ("GET", "HEAD"):
        return request.get_full_path()
    else:
        page = request.headers.get("Referer", "/")
    parts = urlsplit(page)
    if parts.netloc and parts.netloc != request.get_host():
        return "/"
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
