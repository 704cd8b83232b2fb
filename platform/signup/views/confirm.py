"""The link in the email: a password, and the back office opens."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.links import tenant_of, tenant_url
from accounts.models import LinkPurpose, User
from accounts.services.one_time_links import make_link
from accounts.services.second_factor import is_on
from accounts.throttles import ThrottledError
from accounts.tokens import token_for
from billing.plans import Allowed, plan_named
from kernel.errors import RicochetError
from signup import texts
from signup.addresses import Looked, Standing, look_at
from signup.errors import SignupOverError
from signup.forms import ConfirmForm
from signup.models import Signup, SignupState
from signup.services.confirming import Chosen, confirm, find, has_password, owner_known
from signup.views.common import closed, say, sign_up_page


@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def confirmed(request: HttpRequest, token: str) -> HttpResponse:
    """A GET changes nothing: programs that read emails follow links. The click makes it."""
    try:
        row = find(token=token, now=timezone.now())
    except SignupOverError:
        return sign_up_page(request, "over", {}, status=410)
    if row.state == SignupState.DONE and not request.POST.get("password"):
        return _done(request, row)
    form, looked = _form(request, row)
    if request.method == "POST" and form.is_valid():
        answer = _made(request, row, form, token=token)
        if answer is not None:
            return answer
        form, looked = _again(request, row, form)
    context = {
        "form": form,
        "signup": row,
        "looked": looked,
        "known": owner_known(row) is not None,
        "kept": has_password(row),
        "terms_version": texts.LATEST,
    }
    status = 422 if form.is_bound and form.errors else 200
    return sign_up_page(request, "confirm", context, status=status)


def _made(
    request: HttpRequest, row: Signup, form: ConfirmForm, *, token: str
) -> HttpResponse | None:
    """The way on once the back office is there; None where the form says what to change."""
    data = form.cleaned_data
    chosen = Chosen(
        slug=data["slug"],
        password=data.get("password", ""),
        terms=texts.LATEST if data.get("terms") else "",
    )
    try:
        done = confirm(token=token, chosen=chosen, now=timezone.now())
    except ThrottledError as error:
        return closed(request, error)
    except RicochetError as error:
        say(form, error, name=row.shop_name)
        return None
    user = User.objects.filter(id__in=[done.user_id], is_active=True).first()
    if user is None or is_on(user):
        # A second factor is asked where one logs in, and nowhere else.
        return _done(request, done)
    return _hand_over(request, done, user)


def _hand_over(request: HttpRequest, row: Signup, user: User) -> HttpResponse:
    """To the new address, with a link that opens a session there once.

    A form may only send to its own host, so the way on is a page, which leaves at once.
    """
    link = make_link(
        purpose=LinkPurpose.HAND_OVER, tenant_id=row.tenant_id, user_id=user.pk, now=timezone.now()
    )
    url = tenant_url(row.tenant_id, "accounts:arrive", token_for(link.id))
    url = f"{url}?next={_first_page(row)}"
    response = sign_up_page(request, "ready", {"signup": row, "url": url})
    response["Refresh"] = f"0;url={url}"
    return response


def _first_page(row: Signup) -> str:
    """The guided set-up; a plan without referrals begins at home."""
    guided = Allowed.REFERRAL in plan_named(row.plan).features
    return reverse("programme:setup" if guided else "programme:home", urlconf=settings.ROOT_URLCONF)


def _done(request: HttpRequest, row: Signup) -> HttpResponse:
    tenant = tenant_of(row.tenant_id)
    if tenant is None or tenant.state != "active":
        return sign_up_page(request, "over", {}, status=410)
    url = tenant_url(row.tenant_id, "account_login")
    return sign_up_page(request, "done", {"signup": row, "tenant_name": tenant.name, "url": url})


def _form(request: HttpRequest, row: Signup) -> tuple[ConfirmForm, Looked]:
    """The form as asked for; an address that was taken meanwhile is replaced by a free one."""
    looked = look_at(row.slug, name=row.shop_name, mine=row.tenant_id)
    free = looked.instead if looked.standing == Standing.TAKEN else row.slug
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        initial={"slug": free},
        **_kind(row),
    )
    return form, looked


def _again(request: HttpRequest, row: Signup, form: ConfirmForm) -> tuple[ConfirmForm, Looked]:
    """After a refusal: what was chosen is kept, and only the rest is asked again."""
    row.refresh_from_db()
    again = ConfirmForm(request.POST, **_kind(row))
    again.full_clean()
    for field, errors in form.errors.as_data().items():
        if field == "__all__" or field in again.fields:
            again.add_error(None if field == "__all__" else field, errors)
    return again, Looked("", Standing.EMPTY)


def _kind(row: Signup) -> dict[str, bool]:
    return {
        "known": owner_known(row) is not None,
        "kept": has_password(row),
        "stale_terms": row.terms_version != texts.LATEST,
    }
