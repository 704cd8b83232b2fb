"""What is typed on the page of points at checkout."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.money import POINTS
from shell.fields import DecimalField, IntegerField, MoneyField, ToggleField
from shell.forms import HouseForm
from tenants.programme.explanation import MOST_CHARACTERS


class CheckoutForm(HouseForm):
    """The rules of checkout, and the page that explains the programme. Amounts are in cents."""

    field_order = (
        "checkout_on", "line_label", "point_value", "most_points",
        "minimum_order", "text",
    )  # fmt: skip

    checkout_on = ToggleField(
        label=_("Cagnotte utilisable à la commande"),
        help_text=_("Coupée : vos clients gagnent toujours, mais n’utilisent rien au paiement."),
    )
    line_label = forms.CharField(
        label=_("Nom de la ligne"),
        max_length=80,
        required=False,
        help_text=_("Ce que le client lit sur sa commande. Vide : Avantage fidélité."),
    )
    minimum_order = MoneyField(
        label=_("Commande minimum"),
        minimum=0,
        maximum=1_000_000,
        help_text=_("Pour utiliser la cagnotte. 0,00 : aucune."),
    )
    text = forms.CharField(
        label=_("Votre page d’explication"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "# pour un titre, - pour une liste, **gras**, [texte](https://…). Vos règles en"
            " chiffres suivent toujours, telles qu’elles sont."
        ),
    )

    def __init__(self, *args: Any, unit: str, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most: dict[str, Any] = {
            "label": _("Au plus par commande"),
            "minimum": 1,
            "maximum": 1_000_000_000,
            "required": False,
            "help_text": _("Vide : sans limite."),
        }
        if unit == POINTS:
            self.fields["most_points"] = IntegerField(**most, unit=_("points"))
            # In the currency, as people say it; `cents_of` makes cents of it.
            self.fields["point_value"] = DecimalField(
                label=_("Valeur d’un point"),
                places=2,
                minimum=Decimal("0.0001"),
                maximum=Decimal(10),
                unit=self.fields["minimum_order"].unit,  # type: ignore[attr-defined]
                help_text=_("Ce qu’il enlève à la commande. 0,01 : un centime."),
            )
        else:
            self.fields["most_points"] = MoneyField(**most, currency=currency)
        self.order_fields(self.field_order)

    def rules(self) -> dict[str, Any]:
        """What was typed, as the rules hold it."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "text"}
        if "point_value" in values:
            values["point_value"] *= 100
        return values
