"""What a customer types in their space. What a form does not name is not read (R26)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.forms import HouseForm
from tenants.rewards import addresses


class AskForm(HouseForm):
    """Whose space it is."""

    email = forms.EmailField(
        label=_("Adresse e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Indiquez l’adresse de vos commandes, par exemple camille@exemple.fr."),
            "invalid": _("Indiquez une adresse complète, par exemple camille@exemple.fr."),
        },
    )


class CodeForm(HouseForm):
    """The six digits of the email."""

    code = forms.CharField(
        label=_("Code à six chiffres"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Saisissez les six chiffres reçus par e-mail.")},
    )


class AddressForm(HouseForm):
    """Where a prize is posted to. Kept on the claim until 60 days after the hand-over."""

    name = forms.CharField(
        label=_("Nom sur l’envoi"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    street = forms.CharField(
        label=_("Numéro et rue"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    more = forms.CharField(
        label=_("Étage, bâtiment"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    postcode = forms.CharField(
        label=_("Code postal"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=_("Ville"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.CharField(
        label=_("Pays"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "country-name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in addresses.REQUIRED.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words
