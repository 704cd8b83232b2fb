"""What the pages have in common: the account, where Stripe sends people back, and its errors."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import member_required
from accounts.links import tenant_url
from accounts.models import Role
from billing.models import Account
from billing.plans import PlanKey
from billing.services.accounts import Opening, open_account
from billing.stripe.checkout import Buyer
from billing.stripe.client import plays_stripe
from kernel.errors import RicochetError

# A merchant who never had an account may use everything, and does until it pays for less.
_ALL = Opening(PlanKey.SCALE)
View = Callable[..., HttpResponseBase]


def owners_page(view: View) -> View:
    """For owners; forms of the page may lead to Stripe, and a refusal of ours is told, not thrown.

    Browsers apply `form-action` to where a form is led on to, too.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except RicochetError as error:
            messages.error(request, error.said or str(error))
            response = redirect("billing:subscription")
        response["Cache-Control"] = "no-store, private"
        return response

    guarded: View = member_required(role=Role.OWNER)(answered)

    @wraps(guarded)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = csp_update({"form-action": [SELF, *stripes_origins()]})
        return policy(guarded)(request, *args, **kwargs)

    return allowed


def stripes_origins() -> list[str]:
    """Where a form of ours may lead: Stripe's two hosts, or the double."""
    if not plays_stripe():
        return ["https://checkout.stripe.com", "https://billing.stripe.com"]
    url = urlsplit(settings.STRIPE_API_URL)
    return [f"{url.scheme}://{url.netloc}"]


def account_of(request: HttpRequest) -> Account:
    """The merchant's account; looking makes none where there is none."""
    tenant_id = request.tenant.id  # type: ignore[attr-defined]
    found = Account.objects.filter(tenant_id=tenant_id).first()
    return found or Account(
        tenant_id=tenant_id, plan=_ALL.plan, state=_ALL.state, created_at=timezone.now()
    )


def opened_account_of(request: HttpRequest) -> Account:
    """The same, for whoever is about to pay: now there is one."""
    tenant_id = request.tenant.id  # type: ignore[attr-defined]
    return open_account(tenant_id=tenant_id, opening=_ALL, now=timezone.now())


def address(request: HttpRequest, name: str) -> str:
    """A full address on the merchant's stored host (R30)."""
    return tenant_url(request.tenant.id, name)  # type: ignore[attr-defined]


def buyer_of(request: HttpRequest) -> Buyer:
    user = request.membership.user  # type: ignore[attr-defined]
    tenant = request.tenant  # type: ignore[attr-defined]
    return Buyer(name=tenant.name, email=user.email, language=user.language)


def page(request: HttpRequest, name: str, /, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render `billing/<name>.html`."""
    shown = {"double": plays_stripe(), **context}
    return render(request, f"billing/{name}.html", shown, status=status)
