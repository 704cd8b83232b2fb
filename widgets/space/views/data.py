"""A customer's own data: a copy at once, and asking to be forgotten (GDPR art. 15 and 17)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tenants.programme import erasing
from tenants.programme.views.personal import zip_answer
from widgets.space.pages import customer_page, own_session, show, to_space


@require_safe
@customer_page
def data_file(request: HttpRequest) -> HttpResponse:
    """All that the merchant knows of whoever is here; their own notes are theirs to give."""
    profile = own_session(request).profile
    content = erasing.person_file(profile=profile, now=timezone.now(), without={"notes"})
    return zip_answer(content, "mes-donnees")


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def ask_erasure(request: HttpRequest) -> HttpResponse:
    """Ask the merchant to forget; a person there answers."""
    profile = own_session(request).profile
    if request.method == "POST":
        erasing.ask(profile=profile, now=timezone.now())
        return to_space(done="effacement", at="reglages")
    return show(request, "erase", {"profile": profile})
