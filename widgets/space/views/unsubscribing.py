"""Ending marketing from an email: a page with a button, and one click for mail programs (D10)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenants.messaging import unsubscribing
from tenants.messaging.links import Purpose, read_token
from tenants.messaging.models import Email
from widgets.space.pages import show


# Mail programs post without cookies or origin (RFC 8058): the signed address is the proof.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing; POST ends marketing to this address."""
    email_id = read_token(purpose=Purpose.UNSUBSCRIBE, token=token)
    if email_id is None:
        raise Http404
    email = get_object_or_404(Email.objects.select_related("profile"), id=email_id)
    with translation.override(email.language):
        if request.method == "POST":
            unsubscribing.unsubscribe(email=email, now=timezone.now())
        done = unsubscribing.has_ended(email=email)
        return show(request, "unsubscribe", {"done": done})
