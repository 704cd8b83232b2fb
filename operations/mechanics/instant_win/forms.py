"""What a merchant sets of an instant win: the prizes, and what winners and losers read."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.mechanics.prizes import PrizesForm
from operations.words import pair, spread
from shell.fields import IntegerField

TEXT, BUTTON = 300, 40
WINS = 1


class InstantWinSettings(PrizesForm):
    wins = IntegerField(
        label=_("Gains par personne, au plus"),
        minimum=1,
        maximum=100,
        help_text=_("Qui a déjà gagné autant de fois rejoue sans plus rien gagner."),
    )
    button_fr = forms.CharField(
        label=_("Bouton, en français"),
        required=False,
        max_length=BUTTON,
        help_text=_("Sans texte, il dit « Participer »."),
    )
    button_en = forms.CharField(label=_("Bouton, en anglais"), required=False, max_length=BUTTON)
    won_fr = forms.CharField(
        label=_("Texte du gagnant, en français"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Comment le lot lui parvient. Il le lit sur la page et dans l’e-mail."),
    )
    won_en = forms.CharField(
        label=_("Texte du gagnant, en anglais"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lost_fr = forms.CharField(
        label=_("Texte du perdant, en français"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lost_en = forms.CharField(
        label=_("Texte du perdant, en anglais"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **super().initial_of(settings),
            **spread(settings.get("button"), "button"),
            **spread(settings.get("won"), "won"),
            **spread(settings.get("lost"), "lost"),
            "wins": settings.get("wins") or WINS,
        }

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **super().settings(),
            **{name: pair(data, name) for name in ("button", "won", "lost")},
            "wins": data["wins"],
        }
