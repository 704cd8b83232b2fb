"""A cagnotte's lines that loyalty made: what a fact earned, and points used at checkout."""

import uuid
from collections.abc import Sequence

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kernel.ids import public_id
from kernel.ledger.models import Transfer, TransferKind
from shell import formats
from tenants.activity.models import Invoice, Order, Session
from tenants.context import current_tenant
from tenants.loyalty.models import CheckoutHold, Earning, FactKind
from tenants.programme.loyalty_sentences import fact_name

# The page of each kind of fact, and the prefix of its outside ids.
_PAGES = {
    FactKind.ORDER: ("programme:order", "ord"),
    FactKind.INVOICE: ("programme:invoice", "ivc"),
    FactKind.SESSION: ("programme:session", "ses"),
}
_REASONS = {f"earned_{kind}" for kind in FactKind.values}


class LoyaltyLines:
    """What the transfers of one history are about, loaded once; nothing where none is ours."""

    def __init__(self, transfers: Sequence[Transfer]) -> None:
        holds = {number for t in transfers if (number := _named(t, "hold")).int}
        earnings = {number for t in transfers if (number := _named(t, "earning")).int}
        self.holds = (
            {
                row.id: row
                for row in CheckoutHold.objects.select_related("order").filter(id__in=holds)
            }
            if holds
            else {}
        )
        self.earnings = (
            {row.id: row for row in Earning.objects.filter(id__in=earnings)} if earnings else {}
        )
        self.facts = self._names()

    def words(self, transfer: Transfer) -> tuple[str, str] | None:
        """The title and the explanation of a line, or None where it is not loyalty's."""
        if (hold := self.holds.get(_named(transfer, "hold"))) is not None:
            return _used(transfer, hold)
        earning = self.earnings.get(_named(transfer, "earning"))
        if earning is None:
            return None
        name = self.facts.get(earning.fact_id, "")
        if transfer.kind == TransferKind.REVERSE:
            return _("Gain repris"), capfirst(name)
        restored = transfer.reason not in _REASONS
        return (_("Gain rendu") if restored else _("Gain de fidélité")), capfirst(name)

    def url(self, transfer: Transfer) -> str:
        """The page of the fact that a line is about (FS-02), or nothing."""
        hold = self.holds.get(_named(transfer, "hold"))
        if hold is not None:
            order = hold.order
            return reverse("programme:order", args=[order.public_id]) if order else ""
        earning = self.earnings.get(_named(transfer, "earning"))
        if earning is None:
            return ""
        name, prefix = _PAGES[FactKind(earning.fact_kind)]
        return reverse(name, args=[public_id(prefix, earning.fact_id)])

    def _names(self) -> dict[uuid.UUID, str]:
        of: dict[str, list[uuid.UUID]] = {}
        for row in self.earnings.values():
            of.setdefault(row.fact_kind, []).append(row.fact_id)
        names: dict[uuid.UUID, str] = {}
        for kind, model in ((FactKind.ORDER, Order), (FactKind.INVOICE, Invoice)):
            if kind in of:
                rows = model.objects.filter(id__in=of[kind]).values_list("id", "external_id")
                names |= {number: fact_name(kind, text, "") for number, text in rows}
        if FactKind.SESSION in of:
            found = Session.objects.filter(id__in=of[FactKind.SESSION])
            for number, label in found.values_list("id", "type__name"):
                names[number] = fact_name(FactKind.SESSION, "", label)
        return names


def _used(transfer: Transfer, hold: CheckoutHold) -> tuple[str, str]:
    number = hold.order.external_id if hold.order else hold.external_id
    if transfer.kind == TransferKind.REVERSE:
        return _("Rendu après remboursement"), _("La commande n° %(number)s a été remboursée.") % {
            "number": number
        }
    saved = formats.money(hold.discount, current_tenant().currency)
    return _("Utilisé à la commande"), _("%(saved)s de remise sur la commande n° %(number)s") % {
        "saved": saved,
        "number": number,
    }


def _named(transfer: Transfer, kind: str) -> uuid.UUID:
    """The id of what a transfer, or the one that it answers, is about; the nil id for others."""
    for one in (transfer, transfer.answers):
        if one is not None:
            what, _sep, number = one.source.partition(":")
            if what == kind:
                return uuid.UUID(number)
    return uuid.UUID(int=0)
