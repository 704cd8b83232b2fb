"""What a customer types in their space. What a form does not name is not read (R26)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.forms import HouseForm


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


class InviteForm(HouseForm):
    """A friend, named by who invites them."""

    first_name = forms.CharField(
        label=_("Son prénom"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Son adresse e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Indiquez l’adresse de votre proche, par exemple thomas@exemple.fr."),
            "invalid": _("Indiquez une adresse complète, par exemple thomas@exemple.fr."),
        },
    )
