"""What people choose for the shop's key. What a form does not name is not read (R26)."""

from django import forms
from django.utils.translation import gettext_lazy

from shell.forms import HouseForm


class CreateForm(HouseForm):
    """A name, for whoever finds the key in the list a year later."""

    # The new key's own id: a form that is sent twice makes one key (B9).
    token = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        help_text=gettext_lazy("Le serveur qui signera, par exemple « Boutique en ligne »."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à la clé.")},
    )
