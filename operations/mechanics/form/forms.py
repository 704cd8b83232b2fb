"""What a merchant sets of a form: the button's word, and the thanks."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.mechanics.shape import SettingsForm
from operations.mechanics.wording import button, sentence
from operations.words import pair, spread


class FormSettings(SettingsForm):
    button_fr, button_en = button(_("Sans texte, il dit « Participer »."))
    thanks_fr, thanks_en = sentence(
        _("Remerciement, en français"),
        _("Remerciement, en anglais"),
        _("Ce que lit la personne une fois sa participation enregistrée."),
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
