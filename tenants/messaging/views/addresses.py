"""A customer whose address refused our emails: a manager says that it may be tried again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import member_required
from accounts.models import Role
from kernel.ids import parse_public_id
from shell import undo
from tenants.messaging import bouncing
from tenants.messaging.views.common import author
from tenants.profiles.models import Profile

_UNDO = "messaging.lift"


@require_POST
@member_required(role=Role.MANAGER)
def lift(request: HttpRequest, customer: str) -> HttpResponse:
    """Write to this customer's address again."""
    number = parse_public_id("cus", customer)
    profile = Profile.objects.filter(id=number).first() if number else None
    if profile is None:
        raise Http404
    bounce = bouncing.open_bounce(address=profile.email)
    if bounce is not None:
        bouncing.lift(address=profile.email, author_id=author(request), now=timezone.now())
        undo.offer(
            request,
            _("Envois repris vers %(address)s") % {"address": profile.email},
            url=reverse("messaging:undo_lift"),
            purpose=_UNDO,
            payload={"bounce": str(bounce.id), "customer": customer},
        )
    return redirect(_record(customer))


@require_POST
@member_required(role=Role.MANAGER)
def undo_lift(request: HttpRequest) -> HttpResponse:
    """Take the lifting back."""
    payload = undo.take(request, purpose=_UNDO)
    bouncing.restore(bounce_id=payload["bounce"], now=timezone.now())
    return redirect(_record(payload["customer"]))


def _record(customer: str) -> str:
    return reverse("programme:customer", args=[customer])
