"""What people choose for the shop's key. What a form does not name is not read (R26)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shell.forms import HouseForm
from widgets.models import ShopKey

_OVERLAPS: list[tuple[str, str | Promise]] = [
    ("24", gettext_lazy("24 heures")),
    ("168", gettext_lazy("7 jours")),
    ("0", gettext_lazy("Aucun : l’ancienne clé s’arrête tout de suite")),
]


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


class ConfirmForm(HouseForm):
    """The key's name typed again, before it changes (B8)."""

    confirm = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, key: ShopKey, **kwargs: Any) -> None:
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
    """How long both keys sign."""

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
