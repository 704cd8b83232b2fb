"""What a merchant sets of a draw: the prizes, the substitutes, and what a chance is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from operations.mechanics.draw.drawing import EACH, PERSON, SUBSTITUTES
from operations.mechanics.draw.replacing import REASONS
from operations.mechanics.prizes import PrizesForm
from operations.mechanics.wording import button, sentence
from operations.models import Why
from operations.words import pair, spread
from shell.fields import IntegerField, TilesField
from shell.forms import HouseForm


def _reasons() -> list[tuple[str, str]]:
    """In the reader's language; none is chosen beforehand, for what is published stays."""
    ours = (Why.RENOUNCED, Why.UNREACHABLE, Why.UNFIT)
    return [("", gettext("Choisissez un motif")), *((w, capfirst(str(REASONS[w]))) for w in ours)]


class ReplaceForm(HouseForm):
    """Why a winner is replaced: what everybody reads, and what is kept for the team."""

    why = forms.ChoiceField(
        label=_("Motif, publié sur la page du tirage"),
        choices=_reasons,
        error_messages={"required": _("Choisissez un motif.")},
    )
    note = forms.CharField(
        label=_("Ce qui s’est passé"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites en une phrase ce qui s’est passé.")},
        help_text=_("Gardé avec votre nom et l’heure. La personne peut demander à le lire."),
    )


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
    button_fr, button_en = button(_("Sans texte, il dit « Participer »."))
    won_fr, won_en = sentence(
        _("Texte du gagnant, en français"),
        _("Texte du gagnant, en anglais"),
        _("Comment le lot lui parvient. Il le lit sur la page et dans l’e-mail."),
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
