"""The list of Ricochet's invoices to a merchant."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from billing.models import Invoice, InvoiceState
from billing.pages.common import account_of, owners_page
from billing.stripe.client import plays_stripe
from shell.tables import Column, Empty, ListPage, View

# The words of `shell.states` for an invoice.
LOOKS = {
    InvoiceState.OPEN: "to_pay",
    InvoiceState.PAID: "paid",
    InvoiceState.UNCOLLECTIBLE: "failed",
    InvoiceState.VOID: "cancelled",
}


class BillingInvoicesPage(ListPage):
    label = _("Factures de Ricochet")
    nouns = (_("facture"), _("factures"))
    export_name = "factures-ricochet"
    search_label = _("Numéro de facture")
    default_sort = "-created"
    columns = (
        Column("number", _("Facture"), main=True, sort="number"),
        Column("created", _("Date"), kind="date", sort="created_at", value="created_at"),
        Column(
            "state",
            _("État"),
            kind="state",
            value=lambda row: LOOKS[InvoiceState(row.state)],
        ),
        Column("tax", _("Dont TVA"), kind="money", value="tax"),
        Column("total", _("Total TTC"), kind="money", sort="total", value="total"),
    )
    views = (
        View("toutes", _("Toutes")),
        View("a-payer", _("À payer"), lambda rows: rows.filter(state=InvoiceState.OPEN)),
        View("payees", _("Payées"), lambda rows: rows.filter(state=InvoiceState.PAID)),
    )
    empty = Empty(
        _("Aucune facture pour l’instant"),
        _("La première apparaîtra ici dès le début de votre abonnement."),
    )

    def queryset(self) -> QuerySet[Any]:
        return Invoice.objects.filter(tenant_id=account_of(self.request).tenant_id)

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(number__icontains=query)

    def row_url(self, row: Any) -> str:
        return str(row.hosted_url)


@require_safe
@owners_page
def invoices(request: HttpRequest) -> HttpResponse | HttpResponseBase:
    """Every invoice; each opens at Stripe, where it can be paid and printed."""
    context = {"double": plays_stripe()}
    return BillingInvoicesPage(request).respond("billing/invoices.html", context)
