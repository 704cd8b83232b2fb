"""On the platform's own host: where do I log in?"""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import EmailForm
from accounts.models import User
from accounts.throttles import ThrottledError, counted_address, hit
from accounts.views.pages import form_status, page, too_often
from kernel.outbox.services import emit

_HOUR = timedelta(hours=1)


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Mails a person the addresses of their back offices; the answer is one for all (R33)."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email, now = form.cleaned_data["email"], timezone.now()
        try:
            hit(action="find-ip", subject=counted_address(request), limit=30, window=_HOUR, now=now)
            hit(action="find", subject=email.lower(), limit=3, window=_HOUR, now=now)
        except ThrottledError as error:
            return too_often(request, error)
        with transaction.atomic():
            user_id = User.objects.by_email(email).values_list("id", flat=True).first()
            payload = {"user_id": str(user_id) if user_id else None}
            emit(kind="accounts.addresses", payload=payload, now=now)
        return page(request, "found", email=email)
    return page(request, "find", status=form_status(form), form=form)
