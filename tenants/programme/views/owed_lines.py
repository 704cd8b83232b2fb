"""The lines behind what is owed: what each customer can still spend, and what is promised (B17)."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ids import public_id
from kernel.ledger import movements as books
from kernel.ledger.models import AccountKind, Pending
from kernel.money import POINTS, Amount
from shell import formats
from shell.tables import Column, Empty, Filter, ListPage
from tenants.programme import dates, listing, loyalty_listing
from tenants.programme.views.common import unit
from tenants.programme.views.loyalty.ranking import why

NEVER = "jamais"


def month_of(text: str) -> date | None:
    """The month that an address names; None for what never expires. ValueError: no month."""
    return None if text == NEVER else datetime.strptime(text, "%Y-%m").date()


class _Lines(ListPage):
    nouns = (gettext_lazy("ligne"), gettext_lazy("lignes"))
    search_label = gettext_lazy("Nom ou e-mail")
    amount = ""
    when: tuple[str, Any] = ("", "")

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.unit = unit(request)
        kind = "points" if self.unit == POINTS else "money"
        key, words = self.when
        self.columns = (  # type: ignore[misc]
            Column(
                "name",
                gettext_lazy("Client"),
                main=True,
                value=lambda row: row.name or row.email or _("Client effacé"),
            ),
            Column("why", gettext_lazy("Raison"), value=lambda row: why(row.transfer)),
            Column(
                "amount", _("Montant"), kind=kind, value=self.amount, sort=self.amount,
                unit=self.unit,
            ),
            Column("since", gettext_lazy("Depuis"), kind="date", value="transfer.created_at"),
            Column(key, words, kind="date", sort=key),
        )  # fmt: skip

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(wallet__owner_id__in=listing.find_people(text=query))

    def row_url(self, row: Any) -> str:
        return f"/clients/{public_id('cus', row.owner_id)}/cagnotte"

    def total(self) -> str:
        """What the lines add up to."""
        found = self.rows().order_by().aggregate(total=Sum(self.amount))
        return formats.amount(Amount(int(found["total"] or 0), self.unit))


class LotsPage(_Lines):
    label = gettext_lazy("À dépenser")
    export_name = "cagnottes-a-depenser"
    default_sort = "expires_at"
    amount = "remaining"
    when = ("expires_at", gettext_lazy("Expire"))
    filters = (
        Filter(
            "expire",
            gettext_lazy("Expire en"),
            lambda rows, month: books.expiring_in(rows, month=month, zone=dates.zone()),
            parse=lambda text: (month_of(text),),
        ),
    )
    empty = Empty(gettext_lazy("Aucune cagnotte ne contient quoi que ce soit pour l’instant."))

    def queryset(self) -> QuerySet[Any]:
        rows = books.open_lots(unit=self.unit).select_related("transfer")
        return loyalty_listing.named(rows.annotate(owner_id=F("wallet__owner_id")))


class PendingPage(_Lines):
    label = gettext_lazy("En attente")
    export_name = "cagnottes-en-attente"
    default_sort = "due_at"
    amount = "remaining"
    when = ("due_at", gettext_lazy("Disponible"))
    empty = Empty(gettext_lazy("Rien n’est en attente"))

    def queryset(self) -> QuerySet[Any]:
        rows = Pending.objects.filter(
            incoming=True, wallet__kind=AccountKind.WALLET, wallet__unit=self.unit
        ).select_related("transfer")
        owned: Any = rows.annotate(owner_id=F("wallet__owner_id"))
        return loyalty_listing.named(owned.order_by("due_at", "transfer_id"))


@require_safe
@member_required()
def lots(request: HttpRequest) -> HttpResponseBase:
    """What can be spent, credit by credit."""
    page = LotsPage(request)
    return page.respond("programme/owed_lines.html", {"title": page.label, "total": page.total()})


@require_safe
@member_required()
def pending(request: HttpRequest) -> HttpResponseBase:
    """What is promised and not there yet."""
    page = PendingPage(request)
    return page.respond("programme/owed_lines.html", {"title": page.label, "total": page.total()})
