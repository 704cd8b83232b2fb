"""`/espace/cadeau/<code>`: a friend who came by a shared link asks for the newcomers' coupon."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.throttles import ThrottledError, counted_address, hit
from kernel.errors import InvalidInputError
from tenants.features import Feature
from tenants.programme import coupons, versions
from tenants.referrals import codes
from widgets.space.forms import AskForm
from widgets.space.pages import of_module, public_page, show

_HOUR = timedelta(hours=1)
ASKS_FROM_BROWSER = 10


@sensitive_post_parameters("email")
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@of_module(Feature.REFERRAL)
def coupon(request: HttpRequest, code: str) -> HttpResponse:
    """The form, then one answer for every address: nobody learns who is a customer (R33)."""
    row = codes.find(code)
    rule = coupons.rule_of(versions.in_force(now=timezone.now()))
    if row is None:
        raise Http404
    if rule is None:
        return show(request, "coupon", {"code": row.code, "none": True})
    form = AskForm(request.POST or None)
    context = {
        "form": form,
        "code": row.code,
        "gift": rule.name,
        "referrer": row.profile.first_name,
        "someone": _("un proche"),
    }
    if request.method != "POST":
        return show(request, "coupon", context)
    if not form.is_valid():
        return show(request, "coupon", context, status=422)
    now = timezone.now()
    try:
        hit(
            action="coupon-ask-from",
            subject=counted_address(request),
            limit=ASKS_FROM_BROWSER,
            window=_HOUR,
            now=now,
        )
        coupons.ask(code=row, email=form.cleaned_data["email"], now=now)
    except ThrottledError as error:
        form.add_error(None, _("Trop de demandes d’ici. Réessayez dans une heure."))
        return show(request, "coupon", context, status=error.status)
    except InvalidInputError:
        form.add_error("email", form.fields["email"].error_messages["invalid"])
        return show(request, "coupon", context, status=422)
    return show(request, "coupon", context | {"sent": True})
