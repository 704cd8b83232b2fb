"""What is asked before a key of a merchant's changes: its name, and how long both work."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shell.forms import HouseForm

_OVERLAPS: list[tuple[str, str | Promise]] = [
    ("24", gettext_lazy("24 heures")),
    ("168", gettext_lazy("7 jours")),
    ("0", gettext_lazy("Aucun : l’ancienne clé s’arrête tout de suite")),
]


class ConfirmForm(HouseForm):
    """The key's name typed again, before it changes (B8)."""

    confirm = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = name
        field = self.fields["confirm"]
        field.label = _("Pour confirmer, écrivez %(name)s") % {"name": name}
        field.error_messages["required"] = self._what_to_do()

    def _what_to_do(self) -> str:
        return _("Écrivez le nom de la clé : %(name)s.") % {"name": self._name}

    def clean_confirm(self) -> str:
        typed = str(self.cleaned_data["confirm"])
        if typed.strip() != self._name:
            raise forms.ValidationError(self._what_to_do())
        return typed


class RotateForm(ConfirmForm):
    """How long the former key goes on beside the new one."""

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
