"""Sessions, invoices and payments as a merchant types them, on a phone too."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.fields import DateField, MoneyField, TilesField, ToggleField
from shell.forms import HouseForm
from tenants.activity.models import Invoice, PaymentKind, SessionType
from tenants.activity.services import MOST_CENTS
from tenants.programme.forms import KeyField


class SessionTypeForm(HouseForm):
    """A kind of session, by its name."""

    name = forms.CharField(
        label=_("Nom du type de séance"),
        max_length=80,
        error_messages={"required": _("Donnez un nom, par exemple Portrait.")},
    )


class SessionForm(HouseForm):
    """A session of a customer: booked, or taken place already."""

    key = KeyField()
    kind = forms.ChoiceField(label=_("Type de séance"))
    on = DateField(label=_("Date de la séance"))
    code = forms.CharField(
        label=_("Code de parrainage"),
        max_length=32,
        required=False,
        help_text=_("Celui que le client a donné, s’il en a donné un."),
    )
    validated = ToggleField(
        label=_("La séance a eu lieu"),
        help_text=_("Elle est validée tout de suite, et rapporte ce que disent vos règles."),
    )

    def __init__(self, *args: Any, types: Sequence[SessionType], today: date, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.types = {kind.key: kind for kind in types}
        self.today = today
        self.fields["kind"].choices = [(kind.key, kind.name) for kind in types]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("validated") and data.get("on") and data["on"] > self.today:
            self.add_error(
                "on", _("Une séance à venir n’a pas encore eu lieu : changez la date ou la case.")
            )
        return data


class InvoiceForm(HouseForm):
    """An invoice that the merchant enters."""

    number = forms.CharField(
        label=_("Numéro de facture"),
        max_length=80,
        error_messages={"required": _("Indiquez le numéro, par exemple F-2026-041.")},
    )
    label = forms.CharField(label=_("Objet"), max_length=120, required=False)
    total = MoneyField(label=_("Total"), minimum=1, maximum=MOST_CENTS)
    issued_on = DateField(label=_("Date de la facture"))


class PaymentForm(HouseForm):
    """Money that moved on an invoice: what is owed at most, what was paid at most."""

    key = KeyField()
    kind = TilesField(
        label=_("Mouvement"),
        options=[
            (PaymentKind.DEPOSIT, _("Acompte"), _("Une partie, avant le solde.")),
            (PaymentKind.BALANCE, _("Solde"), _("Ce qui restait dû.")),
            (PaymentKind.FULL, _("Règlement"), _("Tout en une fois.")),
            (PaymentKind.REFUND, _("Remboursement"), _("De l’argent rendu.")),
        ],
    )
    paid_on = DateField(label=_("Date"))

    field_order = ("key", "kind", "amount", "paid_on")

    def __init__(self, *args: Any, invoice: Invoice, **rest: Any) -> None:
        super().__init__(*args, **rest)
        left = invoice.total - invoice.paid
        self.fields["amount"] = MoneyField(
            label=_("Montant"),
            currency=invoice.currency,
            minimum=1,
            maximum=MOST_CENTS,
            initial=left or None,
        )
        self.order_fields(self.field_order)
