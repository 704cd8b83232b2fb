"""Invoices: what is owed and paid, and what they earned once they were settled (FS-05)."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from shell import formats
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View
from shell.text import folded
from tenants.activity.models import Invoice, InvoiceState, PaymentKind
from tenants.context import current_tenant
from tenants.loyalty.models import Earning, FactKind
from tenants.programme import by_hand_facts, conductor
from tenants.programme.conductor import PaymentOutcome
from tenants.programme.explaining import decisions_about
from tenants.programme.forms_facts import InvoiceForm, PaymentForm
from tenants.programme.views.common import (
    can_change,
    confirm,
    customer_url,
    number_or_404,
    profile_or_404,
    put_error,
)
from tenants.programme.views.sessions import earned_words, moment_of

# The words of `shell.states` for an invoice.
LOOKS = {
    InvoiceState.OPEN: "pending",
    InvoiceState.PAID: "validated",
    InvoiceState.CANCELLED: "cancelled",
}


def invoice_url(invoice: Invoice) -> str:
    return reverse("programme:invoice", args=[invoice.public_id])


class InvoicesPage(ListPage):
    label = gettext_lazy("Factures")
    nouns = (gettext_lazy("facture"), gettext_lazy("factures"))
    export_name = "factures"
    search_label = gettext_lazy("Numéro, nom ou e-mail")
    default_sort = "-issued"
    columns = (
        Column(
            "number",
            gettext_lazy("Facture"),
            main=True,
            sort="external_id",
            value="external_id",
            template="programme/cells/invoice.html",
        ),
        Column(
            "customer",
            gettext_lazy("Client"),
            value="profile.name",
            href=lambda row: customer_url(row.profile),
        ),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda row: LOOKS[row.state],
            template="programme/cells/invoice_state.html",
        ),
        Column("paid", gettext_lazy("Réglé"), kind="money", sort="paid"),
        Column("total", gettext_lazy("Total"), kind="money", sort="total"),
        Column("issued", gettext_lazy("Date"), kind="date", sort="issued_at", value="issued_at"),
    )
    views = (
        View("toutes", gettext_lazy("Toutes")),
        View(
            "a-regler",
            gettext_lazy("À régler"),
            lambda rows: rows.filter(state=InvoiceState.OPEN),
        ),
        View("reglees", gettext_lazy("Réglées"), lambda rows: rows.filter(state=InvoiceState.PAID)),
    )
    empty = Empty(
        gettext_lazy("Notez votre première facture"),
        gettext_lazy("Elles arrivent de votre logiciel par l’API, ou se notent sur une fiche."),
        gettext_lazy("Choisir un client"),
        "/clients",
    )

    def queryset(self) -> QuerySet[Any]:
        return Invoice.objects.select_related("profile")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        numbered = rows.filter(external_id__istartswith=query.strip())
        for word in folded(query).split():
            rows = rows.filter(profile__search_text__contains=word)
        return rows | numbered

    def row_url(self, row: Any) -> str:
        return invoice_url(row)

    def can_create(self) -> bool:
        return can_change(self.request)


@require_safe
@member_required()
def invoices(request: HttpRequest) -> HttpResponseBase:
    """Every invoice, the latest first."""
    return InvoicesPage(request).respond("programme/invoices.html", {"current": "invoices"})


@require_safe
@member_required()
def invoice(request: HttpRequest, invoice: str) -> HttpResponse:
    """One invoice: its payments, what it earned, and every decision taken about it."""
    row = invoice_or_404(invoice)
    earning = Earning.objects.filter(fact_kind=FactKind.INVOICE, fact_id=row.id).first()
    context = {
        "invoice": row,
        "left": row.total - row.paid,
        "payments": row.payments.order_by("paid_at", "id"),
        "earned": earned_words(earning),
        "decisions": decisions_about(profile=row.profile, fact_id=row.id),
        "can_change": can_change(request),
    }
    return render(request, "programme/invoice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add_invoice(request: HttpRequest, customer: str) -> HttpResponse:
    """Enter an invoice of a customer; its number counts once, whoever sends it."""
    profile = profile_or_404(customer)
    form = InvoiceForm(request.POST or None, initial={"issued_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        try:
            outcome = by_hand_facts.add_invoice(
                profile=profile,
                number=data["number"].strip(),
                label=data["label"],
                total=data["total"],
                currency=current_tenant().currency,
                issued_at=moment_of(data["issued_on"], now=now),
                now=now,
            )
        except RicochetError as error:
            names = {"id": "number", "issued_at": "issued_on"}
            error.param = names.get(error.param or "", error.param)
            put_error(form, error)
        else:
            row = outcome.invoice
            messages.success(
                request, _("Facture n° %(number)s notée") % {"number": row.external_id}
            )
            return redirect(invoice_url(row))
    return answer(request, "programme/invoice_form.html", {"profile": profile}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add_payment(request: HttpRequest, invoice: str) -> HttpResponse:
    """Enter a deposit, a balance, or money given back."""
    row = invoice_or_404(invoice)
    first = PaymentKind.BALANCE if row.paid else PaymentKind.FULL
    initial = {"paid_on": timezone.localdate(), "kind": first}
    form = PaymentForm(request.POST or None, invoice=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        try:
            outcome = by_hand_facts.add_payment(
                invoice=row,
                kind=PaymentKind(data["kind"]),
                amount=data["amount"],
                paid_at=moment_of(data["paid_on"], now=now),
                key=data["key"],
                now=now,
            )
        except RicochetError as error:
            error.param = {"paid_at": "paid_on"}.get(error.param or "", error.param)
            put_error(form, error)
        else:
            messages.success(request, _said(outcome))
            return redirect(invoice_url(row))
    context = {"invoice": row, "left": row.total - row.paid, "back": invoice_url(row)}
    return answer(request, "programme/payment_form.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def cancel_invoice(request: HttpRequest, invoice: str) -> HttpResponse:
    """Cancel an invoice; what it earned is taken back."""
    row = invoice_or_404(invoice)
    words = {"number": row.external_id}
    if request.method == "POST":
        conductor.invoice_cancelled(
            invoice_id=row.external_id, of_test=row.is_test, now=timezone.now()
        )
        messages.success(request, _("Facture n° %(number)s annulée") % words)
        return redirect(invoice_url(row))
    earning = Earning.objects.filter(fact_kind=FactKind.INVOICE, fact_id=row.id).first()
    earned = earned_words(earning)
    return confirm(
        request,
        title=_("Annuler la facture n° %(number)s ?") % words,
        text=(
            _("Ce qu’elle a rapporté est repris : %(earned)s.") % {"earned": earned}
            if earned
            else _("Elle n’a encore rien rapporté.")
        ),
        act=_("Annuler la facture"),
        back=invoice_url(row),
        busy=_("Annulation"),
    )


def invoice_or_404(public_id: str) -> Invoice:
    """The invoice that an address names (R23)."""
    rows = Invoice.objects.select_related("profile")
    row = rows.filter(id=number_or_404("ivc", public_id)).first()
    if row is None:
        raise Http404
    return row


def _said(outcome: PaymentOutcome) -> str:
    row, payment = outcome.invoice, outcome.payment
    words = {
        "amount": formats.money(payment.amount, row.currency),
        "number": row.external_id,
        "earned": earned_words(outcome.earning),
    }
    if payment.kind == PaymentKind.REFUND:
        return _("%(amount)s rendus sur la facture n° %(number)s") % words
    if outcome.earning is not None:
        return _("Facture n° %(number)s entièrement réglée : %(earned)s gagnés") % words
    return _("%(amount)s notés sur la facture n° %(number)s") % words
