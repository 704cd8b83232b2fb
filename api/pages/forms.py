"""What people choose for a key. What a form does not name is not read (R26)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api.models import ApiKey, Mode
from api.scopes import SCOPES

_OVERLAPS: list[tuple[str, str | Promise]] = [
    ("24", gettext_lazy("24 heures")),
    ("168", gettext_lazy("7 jours")),
    ("0", gettext_lazy("Aucun : l’ancienne clé s’arrête tout de suite")),
]


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


class ConfirmForm(forms.Form):
    """The key's name typed again, before a live key changes (B8)."""

    confirm = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, key: ApiKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = key.name
        field = self.fields["confirm"]
        field.label = _("Pour confirmer, écrivez %(name)s") % {"name": key.name}
        field.error_messages["required"] = self._what_to_do()

    def _what_to_do(self) -> str:
        return _("Écrivez le nom de la clé : %(name)s.") % {"name": self._name}

    def clean_confirm(self) -> str:
        typed = str(self.cleaned_data["confirm"])
        if typed.strip() != self._name:
            raise forms.ValidationError(self._what_to_do())
        return typed


class RotateForm(ConfirmForm):
    overlap = forms.ChoiceField(
        label=gettext_lazy("Délai pendant lequel les deux clés fonctionnent"),
        choices=_OVERLAPS,
        initial="24",
        error_messages={"required": gettext_lazy("Choisissez un délai de la liste.")},
    )
    field_order = ["overlap", "confirm"]

    @property
    def chosen(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["overlap"]))
