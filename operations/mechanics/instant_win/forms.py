"""What a merchant sets of an instant win: the prizes, and what winners and losers read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.mechanics.prizes import PrizesForm
from operations.mechanics.wording import button, sentence
from operations.words import pair, spread
from shell.fields import IntegerField

WINS = 1


class InstantWinSettings(PrizesForm):
    wins = IntegerField(
        label=_("Gains par personne, au plus"),
        minimum=1,
        maximum=100,
        help_text=_("Qui a déjà gagné autant de fois rejoue sans plus rien gagner."),
    )
    button_fr, button_en = button(_("Sans texte, il dit « Participer »."))
    won_fr, won_en = sentence(
        _("Texte du gagnant, en français"),
        _("Texte du gagnant, en anglais"),
        _("Comment le lot lui parvient. Il le lit sur la page et dans l’e-mail."),
    )
    lost_fr, lost_en = sentence(
        _("Texte du perdant, en français"),
        _("Texte du perdant, en anglais"),
        _("Il le lit dans l’e-mail et sur sa page de participation."),
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
