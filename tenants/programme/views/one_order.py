"""One order: why it granted what it granted, confirming it, refunding it (SP-23, O5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import formats
from shell.forms import answer
from tenants.activity.models import Order, OrderState, Refusal, Source
from tenants.programme import answering, by_hand
from tenants.programme.forms import RefundForm
from tenants.programme.models import Decision
from tenants.programme.outcomes import outcome_of, referral_of, refusal_text
from tenants.programme.referral_sentences import ladder
from tenants.programme.sentences import explain
from tenants.programme.views.common import (
    can_change,
    confirm,
    order_or_404,
    order_url,
    put_error,
)
from tenants.programme.views.orders import LOOKS, SOURCES


@require_safe
@member_required()
def why(request: HttpRequest) -> HttpResponse:
    """Any order by its number: the page that answers, else what is known of the number (O5)."""
    number = request.GET.get("numero", "").strip()[:80]
    named = Order.objects.filter(external_id__iexact=number).order_by("is_test", "-received_at")
    row = named.first() if number else None
    if row is not None:
        return redirect(f"{order_url(row)}#pourquoi")
    refusals = Refusal.objects.filter(external_id__iexact=number) if number else None
    refused = refusals.order_by("-received_at").first() if refusals is not None else None
    context = {
        "number": number,
        "refused": refused,
        "reason": refusal_text(refused) if refused is not None else "",
    }
    return render(request, "programme/why.html", context, status=404 if number else 200)


@require_safe
@member_required()
def order(request: HttpRequest, order: str) -> HttpResponse:
    """One order: the fact, its refunds, and every decision taken about it."""
    row = order_or_404(order)
    decisions = Decision.objects.select_related(
        "profile", "referral__referrer", "referral__referee", "version", "order"
    ).filter(order=row)
    asked = answering.with_parts(Order.objects.filter(id=row.id)).get()
    told = answering.answer(asked, rules=answering.rules())
    referral = referral_of(row.referrals.all())
    context = {
        "order": row,
        "look": LOOKS[OrderState(row.state)],
        "source": SOURCES[Source(row.source)],
        "told": told,
        "referral": referral,
        "rungs": ladder(referral) if referral else [],
        "decisions": [(d, explain(d)) for d in decisions.order_by("decided_at", "id")],
        "refunds": row.refunds.order_by("refunded_at", "id"),
        "left": row.amount - row.refunded,
        "form": RefundForm(left=row.amount - row.refunded),
        "can_change": can_change(request),
    }
    return render(request, "programme/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def confirm_order(request: HttpRequest, order: str) -> HttpResponse:
    """Say that an order which only a browser reported is real: what it promises gets its date."""
    row = order_or_404(order)
    if request.method == "POST":
        try:
            by_hand.confirm_order(order_id=row.id, now=timezone.now())
        except RicochetError as error:
            messages.error(request, str(error))
        else:
            fresh = order_or_404(order)
            messages.success(
                request,
                _("Commande n° %(number)s confirmée. %(words)s")
                % {"number": row.external_id, "words": outcome_of(fresh)},
            )
        return redirect(order_url(row))
    amount = formats.money(row.amount, row.currency)
    return confirm(
        request,
        title=_("Confirmer la commande n° %(number)s ?") % {"number": row.external_id},
        text=formats.elided(
            _("Vous l’avez bien reçue : %(amount)s, de %(name)s.")
            % {"amount": amount, "name": row.profile.name},
            row.profile.name,
        ),
        act=_("Confirmer la commande"),
        back=order_url(row),
        danger=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def refund(request: HttpRequest, order: str) -> HttpResponse:
    """Enter a refund, whole or in part: what the order granted is reversed in proportion."""
    row = order_or_404(order)
    left = row.amount - row.refunded
    form = RefundForm(request.POST or None, left=left)
    key = request.POST.get("key", "")
    if request.method == "POST" and row.refunds.filter(external_id=f"manual-{key}").exists():
        return redirect(order_url(row))
    if request.method == "POST" and form.is_valid():
        amount = form.cleaned_data["amount"]
        try:
            by_hand.refund(
                order=row, amount=amount, key=str(form.cleaned_data["key"]), now=timezone.now()
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            words = {"amount": formats.money(amount, row.currency), "number": row.external_id}
            messages.success(
                request, _("%(amount)s remboursés sur la commande n° %(number)s") % words
            )
            return redirect(order_url(row))
    context = {"order": row, "left": left, "back": reverse("programme:order", args=[order])}
    return answer(request, "programme/refund.html", context, form)
