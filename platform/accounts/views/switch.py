"""From one tenant to another without a second log-in."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts import login as steps
from accounts.access import member_required, safe_next
from accounts.links import origin_of, tenant_url
from accounts.models import LinkPurpose
from accounts.selectors import tenants_of
from accounts.services.one_time_links import UnknownLinkError, find_link, make_link, use_link
from accounts.tokens import token_for
from accounts.views.pages import link_over, page, person
from kernel.ids import parse_public_id


@require_POST
@member_required()
def switch(request: HttpRequest) -> HttpResponse:
    """Make a link that opens a session on another of the person's tenants, and lead there.

    A form may only send to this host (`form-action 'self'`, redirects included), so the way on is
    a page of its own, which leaves at once.
    """
    wanted = parse_public_id("ten", request.POST.get("tenant", ""))
    choice = next((c for c in tenants_of(person(request)) if c.tenant_id == wanted), None)
    if choice is None:
        raise Http404
    if choice.tenant_id == request.tenant.id:  # type: ignore[attr-defined]
        return HttpResponseRedirect("/")
    link = make_link(
        purpose=LinkPurpose.HAND_OVER,
        tenant_id=choice.tenant_id,
        user_id=person(request).pk,
        now=timezone.now(),
    )
    url = tenant_url(choice.tenant_id, "accounts:arrive", token_for(link.id))
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    response = page(request, "leaving", choice=choice, url=url, origin=origin_of(choice.host))
    response["Refresh"] = f"0;url={url}"
    return response


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Says who will be logged in here, and does so on a click.

    The click, with its token and origin, is what keeps a stranger's link from logging a visitor
    in as somebody else without their knowing.
    """
    tenant_id, now = request.tenant.id, timezone.now()  # type: ignore[attr-defined]
    purpose = LinkPurpose.HAND_OVER
    try:
        if request.method == "POST":
            user = use_link(token=token, purpose=purpose, tenant_id=tenant_id, now=now)
            steps.open_session(request, user)
            return HttpResponseRedirect(safe_next(request, "/"))
        link = find_link(token=token, purpose=purpose, tenant_id=tenant_id, now=now)
    except UnknownLinkError:
        return link_over(request)
    return page(request, "arrive", person=link.user)
