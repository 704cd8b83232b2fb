"""What is typed about the accounts of the accountant's file."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.ledger.models import AccountKind
from kernel.money import POINTS
from shell.fields import DecimalField, MoneyField
from shell.forms import HouseForm
from tenants.programme.book_accounts import DEFAULTS, MOST_NAME, OWED, BookAccount, Books

_LABELS = {
    OWED: _("Ce que vous devez"),
    AccountKind.ISSUED: _("Récompenses accordées"),
    AccountKind.REDEEMED: _("Cagnottes utilisées"),
    AccountKind.EXPIRED: _("Cagnottes expirées"),
    AccountKind.ADJUSTED: _("Corrections à la main"),
}
_NUMBER, _NAME = _("Numéro de compte"), _("Libellé")


class BookAccountsForm(HouseForm):
    """A journal, five accounts with a number and a name, and what a point is worth in the books."""

    journal = forms.CharField(
        label=_("Code du journal"),
        max_length=6,
        help_text=_("Celui où votre comptable range ces écritures."),
    )

    def __init__(self, *args: Any, books: Books, unit: str, currency: str, **rest: Any) -> None:
        initial: dict[str, Any] = {"journal": books.journal}
        for key, account in books.accounts.items():
            initial |= {f"{key}_number": account.number, f"{key}_name": account.name}
        initial["point_value"] = books.point_value / 100
        super().__init__(*args, initial=initial, **rest)
        for key in DEFAULTS:
            number = {"required": _("Indiquez un numéro de compte, par exemple 419800.")}
            name = {"required": _("Indiquez un libellé, par exemple Cagnottes clients.")}
            self.fields[f"{key}_number"] = forms.CharField(
                label=_NUMBER, max_length=20, error_messages=number
            )
            self.fields[f"{key}_name"] = forms.CharField(
                label=_NAME, max_length=MOST_NAME, error_messages=name
            )
        if unit == POINTS:
            self.fields["point_value"] = DecimalField(
                label=_("Valeur comptable d’un point"),
                places=2,
                minimum=Decimal("0.0001"),
                maximum=Decimal(10),
                unit=MoneyField(currency=currency).unit,
                help_text=_(
                    "Votre fichier est en monnaie : chaque point y compte pour ce montant."
                ),
            )

    def rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """What each account is for, with its two fields."""
        for key in DEFAULTS:
            yield _LABELS[key], self[f"{key}_number"], self[f"{key}_name"]

    def values(self) -> dict[str, Any]:
        """What was typed, as `book_accounts.save` takes it."""
        data = self.cleaned_data
        return {
            "journal": data["journal"],
            "accounts": {
                key: BookAccount(data[f"{key}_number"], data[f"{key}_name"]) for key in DEFAULTS
            },
            "point_value": data["point_value"] * 100 if "point_value" in data else None,
        }
