"""What a merchant sets of a form: the button's word, and the thanks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.mechanics.shape import SettingsForm
from operations.words import pair, spread

BUTTON = 40
THANKS = 300


class FormSettings(SettingsForm):
    button_fr = forms.CharField(
        label=_("Bouton, en français"),
        required=False,
        max_length=BUTTON,
        help_text=_("Sans texte, il dit « Participer »."),
    )
    button_en = forms.CharField(label=_("Bouton, en anglais"), required=False, max_length=BUTTON)
    thanks_fr = forms.CharField(
        label=_("Remerciement, en français"),
        required=False,
        max_length=THANKS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ce que lit la personne une fois sa participation enregistrée."),
    )
    thanks_en = forms.CharField(
        label=_("Remerciement, en anglais"),
        required=False,
        max_length=THANKS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **spread(settings.get("button"), "button"),
            **spread(settings.get("thanks"), "thanks"),
        }

    def settings(self) -> dict[str, Any]:
        return {
            "button": pair(self.cleaned_data, "button"),
            "thanks": pair(self.cleaned_data, "thanks"),
        }
