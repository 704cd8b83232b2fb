"""Asking for a back office, and the address looked at while it is typed."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.throttles import ThrottledError, counted_address, hit
from billing.plans import SOLD, TRIAL
from kernel.errors import RicochetError
from signup import sealed, texts
from signup.addresses import Looked, Standing, look_at, suggest
from signup.choices import INTERVAL, SUGGESTED
from signup.forms import TRAP, StartForm
from signup.services.asking import Asked, ask
from signup.views.common import closed, say, sign_up_page

# Each pause in typing asks once; a program that lists addresses asks far more often.
_LOOKS, _HOUR = 400, timedelta(hours=1)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The form. Its answer is one page for all: who has an account learns it by email (R33)."""
    if request.method != "POST":
        return _form(request, StartForm(initial=_initial(request)))
    form = StartForm(request.POST)
    now = timezone.now()
    if not form.is_valid():
        return _form(request, form)
    data = form.cleaned_data
    try:
        page = sealed.opened(data["sealed"], now=now)
        if not request.POST.get(TRAP):
            ask(
                asked=Asked(
                    email=data["email"],
                    shop_name=data["shop_name"],
                    slug=data["slug"],
                    plan=data["plan"],
                    interval=data["interval"],
                    terms=page.terms,
                    language=(get_language() or "fr")[:2],
                ),
                key=page.key,
                connection_from=counted_address(request),
                now=now,
            )
    except ThrottledError as error:
        return closed(request, error)
    except RicochetError as error:
        say(form, error, name=data["shop_name"])
        return _form(request, form)
    # A trap that was filled in gets the same answer, and nothing leaves.
    return sign_up_page(request, "sent", {"email": data["email"].strip()})


@require_safe
def address(request: HttpRequest) -> HttpResponse:
    """`GET …/adresse?shop_name=&slug=&suggested=`: how an address stands, as a piece of the page.

    While nobody has touched it, the address follows the name: the whole field is answered then.
    """
    try:
        hit(
            action="sign-up-look",
            subject=counted_address(request),
            limit=_LOOKS,
            window=_HOUR,
            now=timezone.now(),
        )
    except ThrottledError:
        return HttpResponse(status=204)
    name, typed = request.GET.get("shop_name", "")[:200], request.GET.get("slug", "")[:200]
    follows = typed.strip() in ("", request.GET.get("suggested", ""))
    if request.GET.get("field") == "shop_name":
        if not follows:
            return HttpResponse(status=204)
        return _address_field(request, name)
    return sign_up_page(request, "address_state", {"looked": look_at(typed, name=name)})


def _address_field(request: HttpRequest, name: str) -> HttpResponse:
    slug = suggest(name) if name.strip() else ""
    looked = Looked(slug, Standing.FREE if slug else Standing.EMPTY)
    form = StartForm(initial={"slug": slug})
    context = {"form": form, "looked": looked, "suggested": slug}
    response = sign_up_page(request, "address_field", context)
    response["HX-Retarget"] = "#address"
    response["HX-Reswap"] = "outerHTML"
    return response


def _initial(request: HttpRequest) -> dict[str, str]:
    """The plan that a card of the pricing page named; anything else is the usual one."""
    plan, interval = request.GET.get("formule", ""), request.GET.get("paiement", "")
    return {
        "plan": plan if plan in [one.key for one in SOLD] else SUGGESTED.value,
        "interval": interval if interval in ("month", "year") else INTERVAL,
    }


def _form(request: HttpRequest, form: StartForm) -> HttpResponse:
    """The page, with a new seal: what was sent from the page before it made no sign-up."""
    context = {
        "form": form,
        "trial_days": TRIAL.days,
        "trap": TRAP,
        "terms_version": texts.LATEST,
        "seal": sealed.seal(terms=texts.LATEST, now=timezone.now()),
        "looked": look_at(str(form["slug"].value() or "")),
        "suggested": "",
        "has_errors": bool(form.is_bound and form.errors),
    }
    status = 422 if form.is_bound and form.errors else 200
    return sign_up_page(request, "start", context, status=status)
