"""What people choose for a key. What a form does not name is not read (R26)."""

from django import forms
from django.utils.translation import gettext_lazy

from api.models import Mode
from api.scopes import SCOPES


class CreateForm(forms.Form):
    # The new key's own id: a form that is sent twice makes one key (B9).
    token = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        help_text=gettext_lazy("À quoi sert la clé, par exemple « Boutique Shopify »."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à la clé.")},
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Usage"),
        choices=Mode.choices,
        initial=Mode.LIVE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Ce qu’une clé de test envoie est marqué comme un essai."),
        error_messages={"required": gettext_lazy("Choisissez production ou test.")},
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Droits"),
        choices=list(SCOPES.items()),
        initial=["orders:write", "orders:read"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un droit.")},
    )
