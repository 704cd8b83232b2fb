"""From an email: ending marketing, by one click for mail programs (D10), or a part of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenants.messaging import choosing, unsubscribing
from tenants.messaging.links import Purpose, read_token
from tenants.messaging.models import Email
from widgets.space.pages import show
from widgets.space.wishes import asked_for, shown


# Mail programs post without cookies or origin (RFC 8058): the signed address is the proof.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing; POST ends marketing to this address.

    A customer may choose, on the same page, which kinds of emails to keep.
    """
    email_id = read_token(purpose=Purpose.UNSUBSCRIBE, token=token)
    if email_id is None:
        raise Http404
    email = get_object_or_404(Email.objects.select_related("profile"), id=email_id)
    with translation.override(email.language):
        choosing_kinds = request.method == "POST" and "choix" in request.POST
        if choosing_kinds:
            choosing.choose(email=email, **asked_for(request), now=timezone.now())
        elif request.method == "POST":
            unsubscribing.unsubscribe(email=email, now=timezone.now())
        wishes = choosing.wishes_behind(email=email)
        # Whom a friend invited gets nothing else: there is nothing to choose from.
        known = choosing.reader_of(email) is not None
        context = {"done": wishes.ended, "saved": choosing_kinds and not wishes.ended}
        return show(request, "unsubscribe", context | (shown(wishes) if known else {}))
