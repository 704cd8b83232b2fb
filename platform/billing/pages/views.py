"""`/reglages/abonnement` and what it leads to; for owners only."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.models import Account, Invoice
from billing.pages.common import account_of, address, owners_page, page
from billing.pages.usage import usage_of
from billing.pages.words import day, price, standing
from billing.plans import plan_named
from billing.reminders import open_invoice
from billing.stripe import changing
from billing.stripe.client import StripeUnavailableError
from billing.stripe.customers import subscribes
from billing.stripe.portal import open_portal
from billing.stripe.sync import sync

_LATEST = 5


@require_safe
@owners_page
def subscription(request: HttpRequest) -> HttpResponse:
    """The plan, how it stands, what is used of it, and the latest invoices."""
    account, now = account_of(request), timezone.now()
    plan = plan_named(account.plan)
    invoices = Invoice.objects.filter(tenant_id=account.tenant_id).order_by("-created_at")
    return page(
        request,
        "subscription",
        account=account,
        plan=plan,
        price=price(plan, account.interval) if subscribes(account) else "",
        standing=standing(account, now=now),
        usage=usage_of(request.tenant, now),  # type: ignore[attr-defined]
        invoices=invoices[:_LATEST],
        unpaid=open_invoice(account),
        subscribes=subscribes(account),
        returns=bool(account.cancel_at or account.next_plan),
    )


@require_safe
@owners_page
def done(request: HttpRequest) -> HttpResponse:
    """Back from the checkout: Stripe is asked at once, whether or not it told us already."""
    account = account_of(request)
    try:
        if account.stripe_customer_id:
            account = sync(account_id=account.id, now=timezone.now())
    except StripeUnavailableError:
        # It is paid, or not: the webhook or the night will tell.
        messages.info(
            request, _("Votre paiement est en cours de confirmation. Actualisez dans un instant.")
        )
        return redirect("billing:subscription")
    if subscribes(account):
        words = _("Votre abonnement à la formule %(plan)s a commencé.")
        messages.success(request, words % {"plan": plan_named(account.plan).name})
    else:
        messages.info(request, _("Aucun paiement n’a été fait : rien n’a changé."))
    return redirect("billing:subscription")


@require_POST
@owners_page
def portal(request: HttpRequest) -> HttpResponse:
    """Lead to Stripe's portal; with `card` to the page that changes the card."""
    url = open_portal(
        account=account_of(request),
        back_url=address(request, "billing:returned"),
        language=request.membership.user.language,  # type: ignore[attr-defined]
        card=request.POST.get("card") == "1",
    )
    return HttpResponseRedirect(url)


@require_safe
@owners_page
def returned(request: HttpRequest) -> HttpResponse:
    """Back from the portal, where anything may have changed."""
    account = account_of(request)
    try:
        if account.stripe_customer_id:
            sync(account_id=account.id, now=timezone.now())
    except StripeUnavailableError:
        messages.info(request, _("Vos changements apparaîtront ici dans un instant."))
    return redirect("billing:subscription")


@require_http_methods(["GET", "HEAD", "POST"])
@owners_page
def cancel(request: HttpRequest) -> HttpResponse:
    """Leave at the period's end, after a confirmation that says what stays."""
    account = _subscribed(request)
    if request.method != "POST":
        return page(request, "cancel", account=account, plan=plan_named(account.plan))
    account = changing.cancel(account_id=account.id, now=timezone.now())
    words = _("Résiliation enregistrée : l’abonnement s’arrête le %(day)s.")
    messages.success(request, words % {"day": day(account.cancel_at)})
    return redirect("billing:subscription")


@require_http_methods(["GET", "HEAD", "POST"])
@owners_page
def come_back(request: HttpRequest) -> HttpResponse:
    """Take back what waits for the period's end."""
    account = _subscribed(request)
    if not (account.cancel_at or account.next_plan):
        return redirect("billing:subscription")
    if request.method != "POST":
        plan = plan_named(account.plan)
        return page(
            request,
            "come_back",
            account=account,
            plan=plan,
            price=price(plan, account.interval),
            next_plan=plan_named(account.next_plan) if account.next_plan else None,
            same_plan=account.next_plan == plan.key,
        )
    account = changing.come_back(account_id=account.id, now=timezone.now())
    words = _("Votre abonnement continue : prochain paiement le %(day)s.")
    messages.success(request, words % {"day": day(account.period_ends_at)})
    return redirect("billing:subscription")


def _subscribed(request: HttpRequest) -> Account:
    """The account of a merchant who subscribes; nobody else has anything to leave or take back."""
    account = account_of(request)
    if not subscribes(account):
        raise Http404
    return account
