"""What a merchant sets of a referral module: its words. What is earned is the programme's own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.mechanics.shape import SettingsForm
from operations.words import pair, spread

TEXT, BUTTON = 300, 40


class ReferralSettings(SettingsForm):
    button_fr = forms.CharField(
        label=_("Bouton, en français"),
        required=False,
        max_length=BUTTON,
        help_text=_("Sans texte, il dit « Recevoir mon lien »."),
    )
    button_en = forms.CharField(label=_("Bouton, en anglais"), required=False, max_length=BUTTON)
    words_fr = forms.CharField(
        label=_("Invitation à partager, en français"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ce que lit la personne au-dessus de son lien."),
    )
    words_en = forms.CharField(
        label=_("Invitation à partager, en anglais"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **spread(settings.get("button"), "button"),
            **spread(settings.get("words"), "words"),
        }

    def settings(self) -> dict[str, Any]:
        return {name: pair(self.cleaned_data, name) for name in ("button", "words")}
