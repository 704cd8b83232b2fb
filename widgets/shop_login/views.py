"""`/espace/boutique?lien=…`: a customer comes from the shop, where they are logged in.

Where the browser says that a page of the shop led here, the space opens at once. Anybody else, who
may have been sent a link of somebody else's, is first told whose cagnotte it is (R28).
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenants.profiles.services import Identity
from widgets.shop_login import links
from widgets.space.entering import LinkOverError
from widgets.space.forms import AskForm
from widgets.space.pages import public_page, show, tenant_of
from widgets.space.views.door import open_space
from widgets.tracker.selectors import origin_is_allowed


@sensitive_post_parameters("lien")
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def enter(request: HttpRequest) -> HttpResponse:
    """Use a link of the shop's, or say whose space it opens and wait for a tap."""
    now = timezone.now()
    told = request.POST if request.method == "POST" else request.GET
    token = told.get("lien", "")
    try:
        if request.method == "POST" or (request.method == "GET" and _comes_from_shop(request)):
            return open_space(request, links.use(token=token, now=now))
        link = links.read(token=token, now=now)
    except LinkOverError:
        context: dict[str, Any] = {"form": AskForm(), "from_shop": True}
        return show(request, "door", context, status=410)
    return show(request, "enter_from_shop", {"token": token, "who": _shown(link.identity)})


def _comes_from_shop(request: HttpRequest) -> bool:
    """Whether a page of the merchant's own shop led this browser here, and a person looks at it."""
    headers = request.headers
    if headers.get("Sec-Purpose") or headers.get("Sec-Fetch-Dest", "document") != "document":
        return False
    url = urlsplit(headers.get("Referer", ""))
    return origin_is_allowed(
        tenant=tenant_of(request), origin=f"{url.scheme}://{url.netloc}".lower()
    )


def _shown(identity: Identity) -> str:
    """Enough to know oneself by: « Camille », or « c…@exemple.fr »."""
    if identity.first_name or not identity.email:
        return identity.first_name
    name, _, domain = identity.email.partition("@")
    return f"{name[:1]}…@{domain}"
