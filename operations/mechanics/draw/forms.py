"""What a merchant sets of a draw: the prizes, the substitutes, and what a chance is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.mechanics.draw.drawing import EACH, PERSON, SUBSTITUTES
from operations.mechanics.prizes import PrizesForm
from operations.words import pair, spread
from shell.fields import IntegerField, TilesField

TEXT, BUTTON = 300, 40


class DrawSettings(PrizesForm):
    most = 1_000

    chances = TilesField(
        label=_("Chances"),
        options=[
            (PERSON, _("Une par personne"), _("Peu importe le nombre de participations.")),
            (EACH, _("Une par participation"), _("Qui participe plus souvent a plus de chances.")),
        ],
    )
    substitutes = IntegerField(
        label=_("Suppléants"),
        minimum=0,
        maximum=100,
        help_text=_("Tirés à la suite, pour le cas où un gagnant renonce ou reste introuvable."),
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

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **super().initial_of(settings),
            **spread(settings.get("button"), "button"),
            **spread(settings.get("won"), "won"),
            "chances": settings.get("chances") or PERSON,
            "substitutes": settings.get("substitutes", SUBSTITUTES),
        }

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **super().settings(),
            "button": pair(data, "button"),
            "won": pair(data, "won"),
            "chances": data["chances"],
            "substitutes": data["substitutes"],
        }
